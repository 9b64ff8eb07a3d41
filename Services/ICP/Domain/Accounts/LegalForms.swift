/// What companies are called in law: ends, and in some languages beginnings, of names that say nothing of who it is.
enum LegalForms {
    /// As folded words, the longest first.
    static let endings = forms(endingsText)
    static let beginnings = forms(beginningsText)
    /// Written without a blank before or behind them.
    static let joined = joinedText.split(separator: " ").map { NameFolding.folded(String($0)) }

    private static func forms(_ text: String) -> [[String]] {
        text.split(separator: "\n").flatMap { $0.split(separator: ",") }
            .map { NameFolding.words(String($0)) }.sorted { $0.count > $1.count }
    }

    private static let endingsText = """
        inc,incorporated,corp,corporation,co,company,llc,l.l.c.,llp,lllp,lp,plc,public limited company,ltd,limited,pllc
        pc,pty ltd,pty limited,pty,pte ltd,pte,pvt ltd,private limited,pvt,co ltd,company limited,cic,ulc,unlimited
        gmbh,mbh,gesellschaft mit beschränkter haftung,ag,aktiengesellschaft,kg,kgaa,ohg,gbr,ug,ug haftungsbeschränkt
        eg,e.v.,e.k.,se,sce,gmbh & co kg,gmbh & co kgaa,gmbh & co ohg,ag & co kg,ag & co kgaa,se & co kg,se & co kgaa
        ug & co kg,sa,s.a.,société anonyme,sas,sasu,sarl,s.à r.l.,s.a.r.l.,eurl,snc,sci,sca,scop,spa,s.p.a.
        società per azioni,srl,s.r.l.,srls,sapa,sagl,sl,s.l.,slu,s.l.u.,sociedad limitada,sociedad anónima,sau,s.a.u.
        s.a. de c.v.,s.a.b. de c.v.,s. de r.l. de c.v.,s. de r.l.,sapi de cv,s.a.s.,ltda,limitada,lda,eireli,s.g.p.s.
        cia ltda,bv,b.v.,nv,n.v.,vof,bvba,srl,comm v,ab,ab publ,publ,aktiebolag,a/s,as,asa,aps,k/s,i/s,oy,oyj,oy ab
        hf,ehf,sp. z o.o.,sp. z o.o. sp. k.,sp. k.,sp. j.,spółka akcyjna,spółka z ograniczoną odpowiedzialnością
        s.r.o.,spol. s r.o.,a.s.,d.o.o.,d.d.,kft,kft.,zrt,nyrt,bt,sia,uab,oü,ad,ead,ood,eood,a.ş.,anonim şirketi
        ltd. şti.,limited şirketi,ооо,ао,пао,зао,оао,ип,тов,ат,еоод,оод,ад,αε,επε,ικε,tbk,persero tbk,sdn bhd,bhd
        pcl,public company limited,jsc,pjsc,ojsc,kk,k.k.,gk,g.k.,kabushiki kaisha,godo kaisha,fze,fzco,fz llc,wll,w.l.l.
        psc,p.s.c.,saog,saoc,kscp,q.p.s.c.,בע״מ
        """

    private static let beginningsText = """
        ооо,ао,пао,зао,оао,ип,тов,ooo,oao,zao,pao,pt,uab,sia,oü,ab,oy
        """

    private static let joinedText = "株式会社 有限会社 合同会社 股份有限公司 有限责任公司 有限公司 주식회사 유한회사 (주)"
}
