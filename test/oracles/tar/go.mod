module lading.test/tar

go 1.26
