/// Which leads are one without anyone saying so.
public struct IdentityRule: Sendable, Equatable {
    /// Leads of one e-mail address are one.
    public var mergesByEmail: Bool
    /// Leads are looked up by their address.
    public var findsByEmail: Bool
    /// What stands before the @ where several people read it.
    public var sharedMailboxes: Set<String>

    /// Those that are shared unless the agreement names others.
    public static let usualMailboxes: Set<String> = [
        "admin", "billing", "contact", "hello", "help", "hr", "info", "jobs", "mail", "marketing", "noreply",
        "no-reply", "office", "postmaster", "press", "sales", "service", "support", "team", "webmaster",
    ]

    public init(
        mergesByEmail: Bool = false, findsByEmail: Bool = false, sharedMailboxes: Set<String> = Self.usualMailboxes
    ) {
        self.mergesByEmail = mergesByEmail
        self.findsByEmail = findsByEmail
        self.sharedMailboxes = sharedMailboxes
    }

    /// Which lead has which address is kept.
    public var keepsAddresses: Bool { mergesByEmail || findsByEmail }

    /// The address by which a lead is found: in small letters. Nil where it says nothing of who the lead is, or where
    /// none is kept.
    public func key(of email: String) -> String? {
        let address = email.lowercased()
        guard keepsAddresses, let at = address.lastIndex(of: "@") else { return nil }
        let mailbox = address[..<at].prefix { $0 != "+" }
        return mailbox.isEmpty || sharedMailboxes.contains(String(mailbox)) ? nil : address
    }
}
