using System.Net;
using System.Text.RegularExpressions;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;

namespace Berth.Network.Tests.Proxy;

public sealed partial class RuleTableTests(ITestOutputHelper output)
{
    private static readonly ProxyContext Context = new()
    {
        Table = "berth-a",
        NodeName = "node",
        PodNetwork = IPNetwork.Parse("10.42.0.0/16"),
        ServiceNetworks = [IPNetwork.Parse("10.96.0.0/16")],
        NodePortAddresses = [IPAddress.Parse("192.0.2.1")],
    };

    [Fact]
    public async Task Scripts_OfRandomChanges_EndWhereAFreshTableWouldBe()
    {
        var seed = Environment.GetEnvironmentVariable("TEST_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        output.WriteLine($"TEST_SEED={seed}");
        var random = new Random(seed);
        await using var node = await NetworkNamespace.CreateAsync("rules");
        var nft = new NftablesProgram(node);
        var table = new RuleTable(Context, TimeProvider.System);
        for (var step = 0; step < 40; step++)
        {
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var name = $"s{random.Next(8)}";
                table.Set(("ns", name), random.Next(5) == 0 ? null : ServiceRules.Render(RandomService(random, name), Context));
            }
            if (random.Next(10) == 0)
                table.Invalidate();
            if (!table.IsDirty)
                continue;
            await nft.ApplyAsync(table.BuildScript(), TestContext.Current.CancellationToken);
            table.Commit();
        }
        var fresh = new RuleTable(Context with { Table = "berth-b" }, TimeProvider.System);
        // A second run from the same wishes changes nothing, and a new table looks the same.
        foreach (var (owner, fragment) in table.Wanted)
            fresh.Set(owner, fragment);
        await nft.ApplyAsync(fresh.BuildScript(), TestContext.Current.CancellationToken);
        fresh.Commit();
        Assert.False(table.IsDirty);
        Assert.Equal(await ListAsync(node, "berth-b"), await ListAsync(node, "berth-a"));
    }

    [Fact]
    public async Task StaleChains_AfterTheGrace_AreDeleted()
    {
        await using var node = await NetworkNamespace.CreateAsync("stale");
        var nft = new NftablesProgram(node);
        var time = new SettableTime();
        var table = new RuleTable(Context, time);
        // A Service that is reached from outside has chains of its own.
        table.Set(("ns", "a"), ServiceRules.Render(Service("a", 1) with { Ports = [new ProxyPort("http", "tcp", 80, 30080)] }, Context));
        await ApplyAsync(nft, table);
        table.Set(("ns", "a"), null);
        await ApplyAsync(nft, table);
        Assert.True(table.HasStaleChains);
        Assert.Null(table.BuildChainRemoval());
        time.Advance(TimeSpan.FromSeconds(2));
        var deadline = DateTime.UtcNow.AddSeconds(5);
        while (true)
        {
            try
            {
                await nft.ApplyAsync(table.BuildChainRemoval()!, TestContext.Current.CancellationToken);
                break;
            }
            catch (NftablesException) when (DateTime.UtcNow < deadline)
            {
                // The kernel's own grace period runs on real time.
            }
        }
        table.CommitChainRemoval();
        Assert.False(table.HasStaleChains);
        Assert.DoesNotContain("svc-", await node.ShowAsync("nft", "list", "table", "ip", "berth-a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Script_OfAPlainServicesEndpoints_ChangesElementsAlone()
    {
        var table = new RuleTable(Context, TimeProvider.System);
        table.Set(("ns", "a"), ServiceRules.Render(Service("a", 1, endpoints: 3), Context));
        table.Commit();
        var changed = Service("a", 1, endpoints: 3);
        changed = changed with { Endpoints = changed.Endpoints.SetItem(1, changed.Endpoints[1] with { Port = 9090, NodeName = "other" }) };
        table.Set(("ns", "a"), ServiceRules.Render(changed, Context));
        Assert.Equal(
            """
            delete element ip berth-a endpoints { 10.96.0.2 . tcp . 80 . 1 }
            delete element ip berth-a hairpin-connections { 10.42.2.2 . 10.42.2.2 }
            add element ip berth-a endpoints { 10.96.0.2 . tcp . 80 . 1 : 10.42.2.2 . 9090 }

            """,
            table.BuildScript());
    }

    [Fact]
    public async Task Claims_OfTwoServicesOnOneAddress_GoToTheFirstByNameWhateverTheOrder()
    {
        await using var node = await NetworkNamespace.CreateAsync("claims");
        var nft = new NftablesProgram(node);
        var table = new RuleTable(Context, TimeProvider.System);
        var shared = IPAddress.Parse("198.51.100.1");
        table.Set(("ns", "b"), ServiceRules.Render(Service("b", 2) with { ExternalIps = [shared] }, Context));
        await ApplyAsync(nft, table);
        Assert.Contains("198.51.100.1 . tcp . 80 : goto ext-", await MapAsync(node), StringComparison.Ordinal);
        table.Set(("ns", "a"), ServiceRules.Render(Service("a", 1) with { ExternalIps = [shared] }, Context));
        await ApplyAsync(nft, table);
        Assert.Matches("198.51.100.1 . tcp . 80 : goto ext-[0-9a-f]+-ns/a/", await MapAsync(node));
        table.Set(("ns", "a"), null);
        await ApplyAsync(nft, table);
        Assert.Matches("198.51.100.1 . tcp . 80 : goto ext-[0-9a-f]+-ns/b/", await MapAsync(node));
    }

    [Fact]
    public async Task TenThousandServices_AppliedAtOnceAndOneMore_TakeBoundedTime()
    {
        await using var node = await NetworkNamespace.CreateAsync("many");
        var nft = new NftablesProgram(node);
        var table = new RuleTable(Context, TimeProvider.System);
        const int count = 10_000;
        var rendering = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            table.Set(("ns", $"s{i}"), ServiceRules.Render(Service($"s{i}", i, endpoints: 3), Context));
        var script = table.BuildScript();
        output.WriteLine($"rendering {count} Services: {rendering.ElapsedMilliseconds} ms, {script.Length / 1024} KiB");
        var applying = System.Diagnostics.Stopwatch.StartNew();
        await nft.ApplyAsync(script, TestContext.Current.CancellationToken);
        table.Commit();
        output.WriteLine($"applying all: {applying.ElapsedMilliseconds} ms");
        Assert.InRange(applying.Elapsed.TotalSeconds, 0, 30);
        table.Set(("ns", "s7"), ServiceRules.Render(Service("s7", 7, endpoints: 5), Context));
        applying.Restart();
        await ApplyAsync(nft, table);
        output.WriteLine($"applying one change: {applying.ElapsedMilliseconds} ms");
        Assert.InRange(applying.Elapsed.TotalSeconds, 0, 5);
    }

    private static async Task ApplyAsync(NftablesProgram nft, RuleTable table)
    {
        await nft.ApplyAsync(table.BuildScript(), TestContext.Current.CancellationToken);
        table.Commit();
    }

    private static ProxyService Service(string name, int index, int endpoints = 1) => new("ns", name)
    {
        ClusterIps = [new IPAddress([10, 96, (byte)(index / 250), (byte)((index % 250) + 1)])],
        Ports = [new ProxyPort("http", "tcp", 80, 0)],
        Endpoints = [.. Enumerable.Range(0, endpoints).Select(i => new ProxyEndpoint(new IPAddress([10, 42, (byte)(i + 1), (byte)((index % 250) + 1)]), "http", "tcp", 8080, "node"))],
    };

    private static ProxyService RandomService(Random random, string name)
    {
        var number = name[1] - '0';
        ProxyPort[] ports = [new("http", "tcp", 80, random.Next(2) * (30080 + number)), new("dns", "udp", 53, 0)];
        return new ProxyService("ns", name)
        {
            ClusterIps = [new IPAddress([10, 96, 0, (byte)(number + 1)])],
            ExternalIps = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new IPAddress([198, 51, 100, (byte)random.Next(4)])).Distinct()],
            LoadBalancerIps = random.Next(3) == 0 ? [new IPAddress([203, 0, 113, (byte)number])] : [],
            LoadBalancerSourceRanges = random.Next(2) == 0 ? [IPNetwork.Parse("192.0.2.0/24")] : [],
            ClientAffinity = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(1, 3) * 100) : null,
            InternalTrafficLocal = random.Next(3) == 0,
            ExternalTrafficLocal = random.Next(3) == 0,
            Ports = [.. ports.Take(random.Next(1, 3))],
            Endpoints =
            [
                .. Enumerable.Range(0, random.Next(5)).Select(i => new ProxyEndpoint(new IPAddress([10, 42, 0, (byte)random.Next(10)]), i % 2 == 0 ? "http" : "dns", i % 2 == 0 ? "tcp" : "udp", 8080, random.Next(2) == 0 ? "node" : "other")
                {
                    Ready = random.Next(3) > 0,
                    Terminating = random.Next(2) == 0,
                }),
            ],
        };
    }

    // Order in maps and of chains depends on history; chains that are out of use and empty stay for a while; handles count up.
    private static async Task<string> ListAsync(NetworkNamespace node, string table)
    {
        var text = await node.ShowAsync("nft", "list", "table", "ip", table);
        text = Elements().Replace(text, m => "elements = { " + string.Join(", ", m.Groups[1].Value.Split(',').Select(e => Spaces().Replace(e, " ").Trim()).Order()) + " }");
        var blocks = text.Replace(table, "TABLE").Split("\n\n").Select(b => b.Trim()).Where(b => !EmptyChain().IsMatch(b));
        return string.Join("\n\n", blocks.Select(b => b.TrimEnd('}', '\n')).Order());
    }

    private static Task<string> MapAsync(NetworkNamespace node) => node.ShowAsync("nft", "list", "map", "ip", "berth-a", "service-ips");

    [GeneratedRegex(@"elements = \{(.*?)\}", RegexOptions.Singleline)]
    private static partial Regex Elements();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"chain [^\n]* \{\s*\}")]
    private static partial Regex EmptyChain();

    private sealed class SettableTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
