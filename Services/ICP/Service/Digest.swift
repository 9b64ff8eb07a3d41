import Crypto

/// The fingerprint that signatures bind to.
enum Digest {
    /// SHA-256 of the UTF-8 bytes, hexadecimal.
    static func text(of content: String) -> String {
        SHA256.hash(data: Array(content.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
