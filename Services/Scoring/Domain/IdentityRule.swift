/// Which leads are one without anyone saying so.
public struct IdentityRule: Sendable, Equatable {
    /// Leads of one e-mail address are one.
    public var mergesByEmail: Bool
    /// What stands before the @ where several people read it.
    public var sharedMailboxes: Set<String>

    /// Those that are shared unless the agreement names others.
    public static let usualMailboxes: Set<String> = [
        "admin", "billing", "contact", "hello", "help", "hr", "info", "jobs", "mail", "marketing", "noreply",
        "no-reply", "office", "postmaster", "press", "sales", "service", "support", "team", "webmaster",
    ]

    public init(mergesByEmail: Bool = false, sharedMailboxes: Set<String> = Self.usualMailboxes) {
        self.mergesByEmail = mergesByEmail
        self.sharedMailboxes = sharedMailboxes
    }

    /// The address by which a lead is found: in small letters. Nil where it says nothing of who the lead is, or where
    /// addresses make no leads one.
    public func key(of email: String) -> String? {
        let address = email.lowercased()
        guard mergesByEmail, let at = address.lastIndex(of: "@") else { return nil }
        let mailbox = address[..<at].prefix { $0 != "+" }
        return mailbox.isEmpty || sharedMailboxes.contains(String(mailbox)) ? nil : address
    }
}
