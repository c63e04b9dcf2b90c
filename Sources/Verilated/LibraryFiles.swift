/// The files of every library, in the program so that it works without the repository.
let libraryFiles: [(name: String, bytes: [UInt8])] = [
  ("bench.cpp", PackageResources.bench_cpp), ("model.h", PackageResources.model_h),
  ("print.h", PackageResources.print_h), ("library.mk", PackageResources.library_mk),
]

/// What makes the models of a library: for each its name in C++ and its ports in order.
func factoriesText(_ models: [(name: String, ports: [HeaderPort])]) -> String {
  let includes = ["model.h"] + models.map { "\($0.name).h" }
  var lines = includes.map { "#include \"\($0)\"" }
  for model in models {
    let ports = model.ports.map { "\($0.isInput ? "input" : "output")(m.\($0.identifier))" }
    lines.append(
      """

      static Model *make_\(model.name)(VerilatedContext *context) {
        auto *made = new ModelOf<\(model.name)>(context);
        auto &m = made->model;
        made->ports = {\(ports.joined(separator: ", "))};
        return made;
      }
      """)
  }
  let all = models.map { "make_\($0.name)" }.joined(separator: ", ")
  return lines.joined(separator: "\n") + "\n\nFactory *const factories[] = {\(all)};\n"
}
