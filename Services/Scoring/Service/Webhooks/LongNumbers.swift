/// Whole numbers of JSON that a `Double`, which its reader makes of them, may not hold: ids of 64 bits, say.
enum LongNumbers {
    /// Whole numbers up to here are exact.
    static let exact = 9_007_199_254_740_992.0  // 2^53
    /// Fewer digits are always exact.
    private static let digits = 16

    /// The same JSON with those numbers as texts of the same digits; nil where there is none.
    ///
    /// - Parameter json: sound.
    static func quoted(_ json: [UInt8]) -> [UInt8]? {
        var quoted: [UInt8] = []
        quoted.reserveCapacity(json.count + 64)
        var (place, isText, isFound) = (0, false, false)
        while place < json.count {
            let byte = json[place]
            var end = place + 1
            if isText, byte == UInt8(ascii: "\\") {
                end = min(place + 2, json.count)
            } else if byte == quote {
                isText.toggle()
            } else if !isText, isOfNumber(byte) {
                while end < json.count, isOfNumber(json[end]) { end += 1 }
            }
            let isLong = !isText && isLongNumber(json[place..<end])
            if isLong { quoted.append(quote) }
            quoted += json[place..<end]
            if isLong { quoted.append(quote) }
            isFound = isFound || isLong
            place = end
        }
        return isFound ? quoted : nil
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isLongNumber(_ token: ArraySlice<UInt8>) -> Bool {
        guard token.count >= digits else { return false }
        let number = token.first == UInt8(ascii: "-") ? token.dropFirst() : token
        return number.count >= digits && number.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isOfNumber(_ byte: UInt8) -> Bool { isDigit(byte) || "+-.eE".utf8.contains(byte) }
}
