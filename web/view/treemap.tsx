import { hierarchy, type HierarchyRectangularNode, treemap } from 'd3-hierarchy';
import type { JSX } from 'preact';
import { roughly } from '../../core/page/text.ts';
import { type Area, drawn } from './areas.ts';

interface TreemapProps {
  area: Area;
  nameOf: (area: Area) => string;
  /**
   * Called when the user clicks on an area that contains other areas. `names` is the path from the area that the
   * treemap shows to the clicked area: the names of the areas between them, outermost first, and then the name of the
   * clicked area.
   */
  onOpen: (names: string[]) => void;
}

/**
 * The width of the treemap in units of about a pixel. The drawing is stretched to the width that the page has for it.
 */
const WIDTH = 1000;
const HEIGHT = 420;
const TITLE = 20;
/** The number of colours that the outer areas of the treemap take in turn (web/style.css). */
const TONES = 8;

type Node = HierarchyRectangularNode<Area>;

/**
 * Draws the areas inside `area`, and those inside them, as rectangles in proportion to their bytes. `nameOf` returns
 * the name of an area as the user sees it. A table beside the drawing has the same content, so the drawing is hidden
 * from screen readers and skipped by the keyboard.
 */
export function Treemap({ area, nameOf, onOpen }: TreemapProps): JSX.Element {
  const root = layout(area);
  const groups = root.children ?? [];
  return (
    <div class="treemap" aria-hidden="true">
      {groups.map((group, at) => (
        <div key={at} class={`group tone${at % TONES}`} style={placeOf(group, root)}>
          <Title node={group} nameOf={nameOf} onOpen={() => onOpen([group.data.name])} />
          {group.children?.map((node, index) => (
            <div key={index} class={classOf(node.data)} style={placeOf(node, group)} title={hintOf(node.data, nameOf)}>
              {node.data.inside.length === 0 ? (
                nameOf(node.data)
              ) : (
                <button type="button" tabIndex={-1} onClick={() => onOpen([group.data.name, node.data.name])}>
                  {nameOf(node.data)}
                </button>
              )}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

interface TitleProps {
  node: Node;
  nameOf: (area: Area) => string;
  onOpen: () => void;
}

/**
 * The title of an area of the treemap: a button with the name and the size at the top of the area's rectangle, which
 * calls `onOpen`. When the area has no areas inside, it is only the name, in a box that covers the whole rectangle.
 */
function Title({ node: { data }, nameOf, onOpen }: TitleProps): JSX.Element {
  const hint = hintOf(data, nameOf);
  if (data.inside.length === 0)
    return (
      <div class={`${classOf(data)} whole`} title={hint}>
        {nameOf(data)}
      </div>
    );
  return (
    <button type="button" tabIndex={-1} class="title" title={hint} onClick={onOpen}>
      {nameOf(data)} <span>{roughly(data.bytes + data.wasted)}</span>
    </button>
  );
}

function layout(area: Area): Node {
  const outer = area.inside.flatMap((each) => (each.inside.length > 0 ? [each] : drawn({ ...area, inside: [each] })));
  const parts = new Map<Area, Area[]>([[area, outer], ...outer.map((each): [Area, Area[]] => [each, drawn(each)])]);
  const root = hierarchy<Area>(area, (each) => parts.get(each)).sum((each) =>
    (parts.get(each) ?? []).length > 0 ? 0 : each.bytes + each.wasted,
  );
  return treemap<Area>()
    .size([WIDTH, HEIGHT])
    .paddingInner(2)
    .paddingTop((node) => (node.depth === 1 && node.children !== undefined ? TITLE : 0))(root);
}

/**
 * Returns the CSS position and size of a rectangle of the treemap (`node`), relative to the rectangle `around` it.
 * Horizontal values are in percent, because the page stretches the drawing. Vertical values are in pixels, because the
 * height of the drawing is fixed.
 */
function placeOf(node: Node, around: Node): Record<string, string> {
  const width = around.x1 - around.x0;
  return {
    left: `${((100 * (node.x0 - around.x0)) / width).toFixed(3)}%`,
    width: `${((100 * (node.x1 - node.x0)) / width).toFixed(3)}%`,
    top: `${(node.y0 - around.y0).toFixed(1)}px`,
    height: `${(node.y1 - node.y0).toFixed(1)}px`,
  };
}

function classOf({ bytes, kind }: Area): string {
  return bytes === 0 ? 'area lost' : `area ${kind}`;
}

function hintOf(area: Area, nameOf: (area: Area) => string): string {
  return `${nameOf(area)}: ${roughly(area.bytes + area.wasted)}`;
}
