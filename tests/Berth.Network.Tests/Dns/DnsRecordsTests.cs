using System.Collections.Immutable;
using System.Net;
using Berth.Network.Dns;

namespace Berth.Network.Tests.Dns;

public sealed class DnsRecordsTests
{
    private static readonly DnsRecords Records = DnsRecords.Empty("cluster.local", IPNetwork.Parse("10.96.0.0/12"), IPNetwork.Parse("10.42.0.0/16")).With(
        7,
        ToChanges(
            new DnsService("default", "web")
            {
                ClusterIps = [IPAddress.Parse("10.96.0.20"), IPAddress.Parse("fd00::20")],
                Ports = [new DnsPort("http", "TCP", 80), new DnsPort("dns", "UDP", 53)],
                Endpoints = [Endpoint("10.42.0.5", "", true, new DnsPort("http", "TCP", 8080))],
            },
            new DnsService("default", "db")
            {
                Headless = true,
                Ports = [new DnsPort("sql", "TCP", 5432)],
                Endpoints =
                [
                    Endpoint("10.42.0.7", "db-0", true, new DnsPort("sql", "TCP", 5432)),
                    Endpoint("10.42.0.8", "db-1", false, new DnsPort("sql", "TCP", 5432)),
                    Endpoint("10.42.0.9", "", true, new DnsPort("sql", "TCP", 5432)),
                ],
            },
            new DnsService("default", "early")
            {
                Headless = true,
                PublishNotReadyAddresses = true,
                Endpoints = [Endpoint("10.42.0.10", "early-0", false)],
            },
            new DnsService("default", "outside") { ExternalName = "www.example.com" },
            new DnsService("default", "chain") { ExternalName = "web.default.svc.cluster.local" },
            new DnsService("kube-system", "kube-dns") { ClusterIps = [IPAddress.Parse("10.96.0.10")] }),
        [KeyValuePair.Create("default", true), KeyValuePair.Create("kube-system", true)]);

    [Theory]
    // Services
    [InlineData("web.default.svc.cluster.local", "A", "A 10.96.0.20")]
    [InlineData("WEB.Default.svc.cluster.LOCAL", "A", "A 10.96.0.20")]
    [InlineData("web.default.svc.cluster.local", "AAAA", "AAAA fd00::20")]
    [InlineData("web.default.svc.cluster.local", "TXT", "nodata")]
    [InlineData("_http._tcp.web.default.svc.cluster.local", "SRV", "SRV 0 100 80 web.default.svc.cluster.local")]
    [InlineData("_tcp.web.default.svc.cluster.local", "SRV", "nodata")]
    [InlineData("_ftp._tcp.web.default.svc.cluster.local", "SRV", "nxdomain")]
    [InlineData("web.default.svc.cluster.local", "SRV", "SRV 0 50 80 web.default.svc.cluster.local|SRV 0 50 53 web.default.svc.cluster.local")]
    [InlineData("nothing.default.svc.cluster.local", "A", "nxdomain")]
    [InlineData("x.y.z.web.default.svc.cluster.local", "A", "nxdomain")]
    // Headless
    [InlineData("db.default.svc.cluster.local", "A", "A 10.42.0.7|A 10.42.0.9")]
    [InlineData("db.default.svc.cluster.local", "AAAA", "nodata")]
    [InlineData("db-0.db.default.svc.cluster.local", "A", "A 10.42.0.7")]
    [InlineData("db-1.db.default.svc.cluster.local", "A", "nxdomain")]
    [InlineData("10-42-0-9.db.default.svc.cluster.local", "A", "A 10.42.0.9")]
    [InlineData("_sql._tcp.db.default.svc.cluster.local", "SRV",
        "SRV 0 50 5432 db-0.db.default.svc.cluster.local|SRV 0 50 5432 10-42-0-9.db.default.svc.cluster.local")]
    [InlineData("early-0.early.default.svc.cluster.local", "A", "A 10.42.0.10")]
    // ExternalName
    [InlineData("outside.default.svc.cluster.local", "A", "CNAME www.example.com")]
    [InlineData("outside.default.svc.cluster.local", "CNAME", "CNAME www.example.com")]
    // Reverse
    [InlineData("20.0.96.10.in-addr.arpa", "PTR", "PTR web.default.svc.cluster.local")]
    [InlineData("7.0.42.10.in-addr.arpa", "PTR", "PTR db-0.db.default.svc.cluster.local")]
    [InlineData("99.0.42.10.in-addr.arpa", "PTR", "nxdomain")]
    [InlineData("1.1.168.192.in-addr.arpa", "PTR", "not ours")]
    [InlineData("0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "PTR", "PTR web.default.svc.cluster.local")]
    // Pods
    [InlineData("10-42-0-77.default.pod.cluster.local", "A", "A 10.42.0.77")]
    [InlineData("10-42-0-77.default.pod.cluster.local", "AAAA", "nodata")]
    [InlineData("10-42-0-77.nowhere.pod.cluster.local", "A", "nxdomain")]
    [InlineData("not-an-address.default.pod.cluster.local", "A", "nxdomain")]
    // The zone itself
    [InlineData("cluster.local", "SOA", "SOA 7")]
    [InlineData("cluster.local", "NS", "NS ns.dns.cluster.local")]
    [InlineData("ns.dns.cluster.local", "A", "A 10.96.0.10")]
    [InlineData("dns-version.cluster.local", "TXT", "TXT 1.1.0")]
    [InlineData("svc.cluster.local", "A", "nodata")]
    [InlineData("default.svc.cluster.local", "A", "nodata")]
    [InlineData("nowhere.svc.cluster.local", "A", "nxdomain")]
    [InlineData("www.example.com.default.svc.cluster.local", "A", "nxdomain")]
    [InlineData("www.example.com.cluster.local", "A", "nxdomain")]
    [InlineData("www.example.com", "A", "not ours")]
    public void Resolve_OfName_GivesWhatTheSpecificationSays(string name, string type, string expected) =>
        Assert.Equal(expected, Show(Records.Resolve(DnsName.Parse(name), Enum.Parse<DnsType>(type))));

    [Fact]
    public void Resolve_OfSrv_BringsTheTargetsAddresses()
    {
        var answer = Records.Resolve(DnsName.Parse("_sql._tcp.db.default.svc.cluster.local"), DnsType.SRV)!;
        Assert.Equal("A 10.42.0.7|A 10.42.0.9", Show(answer with { Answers = answer.Additionals }));
    }

    [Fact]
    public void Resolve_OfNegativeAnswer_CarriesTheSoa()
    {
        foreach (var name in new[] { "nothing.default.svc.cluster.local", "default.svc.cluster.local", "99.0.42.10.in-addr.arpa" })
            Assert.Equal(DnsType.SOA, Assert.Single(Records.Resolve(DnsName.Parse(name), DnsType.A)!.Authorities).Type);
    }

    [Fact]
    public void With_ServiceChangedAndDeleted_LeavesNothingBehind()
    {
        var address = DnsName.Parse("20.0.96.10.in-addr.arpa");
        var moved = Records.With(8, ToChanges(new DnsService("default", "web") { ClusterIps = [IPAddress.Parse("10.96.0.21")] }));
        Assert.Equal("nxdomain", Show(moved.Resolve(address, DnsType.PTR)));
        Assert.Equal("PTR web.default.svc.cluster.local", Show(moved.Resolve(DnsName.Parse("21.0.96.10.in-addr.arpa"), DnsType.PTR)));
        Assert.Equal("nxdomain", Show(moved.Resolve(DnsName.Parse("10-42-0-5.web.default.svc.cluster.local"), DnsType.A)));

        var gone = moved.With(9, [KeyValuePair.Create(("default", "web"), (DnsService?)null)], [KeyValuePair.Create("default", false)]);
        Assert.Equal("nxdomain", Show(gone.Resolve(DnsName.Parse("web.default.svc.cluster.local"), DnsType.A)));
        Assert.Equal("nxdomain", Show(gone.Resolve(DnsName.Parse("21.0.96.10.in-addr.arpa"), DnsType.PTR)));
        Assert.Equal("nxdomain", Show(gone.Resolve(DnsName.Parse("default.svc.cluster.local"), DnsType.A)));
        // The old snapshot is untouched.
        Assert.Equal("PTR web.default.svc.cluster.local", Show(Records.Resolve(address, DnsType.PTR)));
    }

    private static DnsEndpoint Endpoint(string address, string hostname, bool ready, params DnsPort[] ports) =>
        new(IPAddress.Parse(address), hostname, ready, [.. ports]);

    private static IEnumerable<KeyValuePair<(string, string), DnsService?>> ToChanges(params DnsService[] services) =>
        services.Select(s => KeyValuePair.Create((s.Namespace, s.Name), (DnsService?)s));

    private static string Show(DnsAnswer? answer) => answer switch
    {
        null => "not ours",
        { Rcode: DnsRcode.NxDomain } => "nxdomain",
        { Answers.IsEmpty: true } => "nodata",
        _ => string.Join('|', answer.Answers.Select(Show)),
    };

    private static string Show(DnsRecord record) => record.Data switch
    {
        AddressData address => $"{record.Type} {address.Address}",
        NameData name => $"{record.Type} {name.Target}",
        SrvData srv => $"SRV {srv.Priority} {srv.Weight} {srv.Port} {srv.Target}",
        SoaData soa => $"SOA {soa.Serial}",
        TxtData txt => $"TXT {string.Join(' ', txt.Strings)}",
        _ => "?",
    };
}
