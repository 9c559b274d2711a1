import sharp from "sharp";

// Of the libraries that libvips can read with, only those of the pictures that are taken: no SVG, no AVIF, no TIFF, no PDF, whatever a file says it is.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});
// One picture at a time: nothing is kept of it, and its memory is that of one thread.
sharp.cache(false);
sharp.concurrency(1);

export { sharp };
