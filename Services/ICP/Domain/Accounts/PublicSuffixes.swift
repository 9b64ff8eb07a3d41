/// Under which names the public may register: the common ones of two labels.
///
/// Everything else is taken as a suffix of one label. Each of them is one in the Public Suffix List too, which has more.
enum PublicSuffixes {
    /// How many labels the registered domain of a host has; nil where the host is a public suffix itself.
    static func registeredLabels(of host: [String]) -> Int? {
        guard let top = host.last, host.count >= 2 else { return nil }
        let second = host[host.count - 2]
        if wild.contains(top) || pairs.contains("\(second).\(top)") { return host.count >= 3 ? 3 : nil }
        let isShared = hosts.contains("\(second).\(top)") || (top.utf8.count == 2 && general.contains(second))
        return isShared && host.count >= 3 ? 3 : 2
    }

    /// Under a country's domain, these are more often a suffix than a company's own, also where it is not listed below.
    private static let general: Set<String> = ["ac", "co", "com", "edu", "gov", "mil", "net", "org"]

    /// Companies under whose own domain others have their sites.
    private static let hosts = Set(
        """
        appspot.com azurewebsites.net blogspot.com cloudfront.net deno.dev fly.dev github.io gitlab.io herokuapp.com \
        myshopify.com netlify.app onrender.com pages.dev vercel.app web.app webflow.io wixsite.com wordpress.com workers.dev
        """.split(separator: " ").map(String.init))

    /// Top-level domains under which every second label is a suffix.
    private static let wild: Set<String> = ["ck", "er", "fk", "jm", "mm", "np", "pg"]

    private static let pairs: Set<String> = {
        var pairs: Set<String> = []
        for line in table.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            for label in parts[1].split(separator: " ") { pairs.insert("\(label).\(parts[0])") }
        }
        return pairs
    }()

    private static let table = """
        ae: ac co gov mil net org sch
        al: com edu gov mil net org
        am: co com commune net org
        ar: com coop edu gob gov int mil musica mutual net org senasa tur
        at: ac co gv or
        au: asn com edu gov id net org
        az: biz co com edu gov info int mil name net org pp pro
        ba: com edu gov mil net org
        bh: com edu gov net org
        bn: com edu gov net org
        bo: com edu gob int mil net org tv web
        br: adm adv agr app arq art blog coop dev eco edu emp eng esp far flog fm gov imb ind inf jor jus leg log med mil \
        mus net odo ong org ppg pro psc psi rec slg srv taxi tec tmp trd tur tv vet vlog wiki com
        by: com gov mil
        ci: ac co com edu go gouv int net or org
        cl: co gob gov mil
        cm: co com gov net
        cn: ac com edu gov mil net org
        co: com edu gov mil net nom org
        cr: ac co ed fi go or sa
        cy: ac biz com gov ltd mil net org press pro tm
        do: art com edu gob gov mil net org sld web
        dz: art asso com edu gov net org pol
        ec: com edu fin gob gov info med mil net org pro
        ee: aip com edu fie gov lib med org pri riik
        eg: com edu eun gov name net org sci
        es: com edu gob nom org
        et: biz com edu gov info name net org
        fj: ac biz com gov info mil name net org pro
        fr: asso com gouv nom prd tm
        ge: com edu gov net org pvt
        gg: co net org
        gh: com edu gov mil org
        gi: com edu gov ltd mod org
        gr: com edu gov net org
        gt: com edu gob ind mil net org
        hk: com edu gov idv net org
        hn: com edu gob mil net org
        hr: com from iz name
        hu: co info org priv sport tm
        id: ac biz co desa go mil my net or ponpes sch web
        ie: gov
        il: ac co gov idf k12 muni net org
        im: ac co com net org tt tv
        in: ac co com edu firm gen gov ind mil net nic org res
        iq: com edu gov mil net org
        ir: ac co gov id net org sch
        it: edu gov
        je: co net org
        jo: com edu gov mil net org sch
        jp: ac ad co ed go gr lg ne or
        ke: ac co go info me mobi ne or sc
        kr: ac co es go hs kg mil ms ne or pe re sc
        kw: com edu emb gov ind net org
        ky: com edu net org
        kz: com edu gov mil net org
        lb: com edu gov net org
        lk: ac assn com edu gov grp hotel int ltd net ngo org sch soc web
        lv: asn com conf edu gov id mil net org
        ly: com edu gov id med net org plc sch
        ma: ac co gov net org press
        mk: com edu gov inf name net org
        mo: com edu gov net org
        mt: com edu net org
        mu: ac co com gov net or org
        mx: com edu gob net org
        my: biz com edu gov mil name net org
        mz: ac adv co edu gov mil net org
        na: co com org
        ng: com edu gov i mil mobi name net org sch
        ni: ac biz co com edu gob in info int mil net nom org web
        nz: ac co cri geek gen govt health iwi kiwi maori mil net org parliament school
        om: co com edu gov med museum net org pro
        pa: abo ac com edu gob ing med net nom org sld
        pe: com edu gob mil net nom org
        ph: com edu gov i mil net ngo org
        pk: ac biz com edu fam gkp gob gog gok gop gos gov net org web
        pl: biz com edu gov info mil net nom org pc
        pr: ac biz com edu est gov info isla name net org pro prof
        ps: com edu gov net org plo sec
        pt: com edu gov int net nome org publ
        py: com coop edu gov mil net org
        qa: com edu gov mil name net org sch
        ro: arts com firm info nom nt org rec store tm www
        rs: ac co edu gov in org
        rw: ac co coop gov mil net org
        sa: com edu gov med net org pub sch
        sg: com edu gov net org
        sn: art com edu gouv org univ
        sv: com edu gob org red
        sy: com edu gov mil net org
        th: ac co go in mi net or
        tn: com ens fin gov ind info intl mincom nat net org perso tourism
        tr: av bbs bel biz com dr edu gen gov info k12 kep mil name net org pol tel tsk tv web
        tt: biz co com edu gov info mil name net org pro
        tw: club com ebiz edu game gov idv mil net org
        tz: ac co go hotel info me mil mobi ne or sc tv
        ua: com edu gov in net org kiev kyiv
        ug: ac co com go ne or org sc
        uk: ac co gov ltd me net nhs org plc police
        uy: com edu gub mil net org
        uz: co com net org
        ve: co com edu gob gov info int mil net nom org web
        vn: ac biz com edu gov health info int io name net org pro
        ye: com edu gov mil net org
        za: ac co edu gov law mil net ngo nom org school web
        zm: ac biz co com edu gov info mil net org sch
        zw: ac co gov mil org
        com: br cn de eu jpn sa uk us za
        net: gb hu in jp se uk
        org: eu us
        """
}
