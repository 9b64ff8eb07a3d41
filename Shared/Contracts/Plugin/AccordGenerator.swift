import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// `protoc-gen-accord`: writes, for each service of a `.proto` file, the protocol that a server implements with its
/// routing table, and a typed client.
@main
struct AccordGenerator: CodeGenerator {
    func generate(
        files: [FileDescriptor], parameter: any CodeGeneratorParameter, protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs: any GeneratorOutputs
    ) throws {
        for file in files where !file.services.isEmpty {
            var writer = ServiceWriter(file: file)
            try generatorOutputs.add(fileName: outputName(of: file.name), contents: writer.text())
        }
    }

    var supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] { [.proto3Optional] }

    var version: String? { "1.0.0" }
    var projectURL: String? { nil }

    private func outputName(of proto: String) -> String {
        proto.hasSuffix(".proto") ? "\(proto.dropLast(6)).accord.swift" : "\(proto).accord.swift"
    }
}
