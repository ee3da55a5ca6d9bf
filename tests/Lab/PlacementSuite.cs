using System.Globalization;
using Berth.Node.Devices.V1Beta1;
using Berth.Node.Tests.Devices;
using Berth.Resources.Topology;

namespace Berth.Lab.Tests;

/// <summary>
/// Real pods on real NUMA nodes. CPU 0 is the system's; each node has four CPUs. Each test is a course of events, because the
/// machine is slow and each step builds on the one before. <c>BERTH_LAB_STEPS</c> lengthens the random one, and
/// <c>BERTH_LAB_SEED</c> repeats one.
/// </summary>
public abstract class PlacementSuite(LabMachine lab)
{
    private readonly LabPods _pods = new(lab);

    private string All => $"0-{lab.Cpus - 1}";

    [Fact]
    public async Task Pods_ThatComeGoAndOutliveTheirAgent_HaveTheirPlacesAlone()
    {
        await _pods.BeginAsync("single-numa-node");
        var shape = await _pods.ShapeAsync();
        Assert.Equal((lab.Nodes, 2, 2), (shape.Topology.NumaNodes.Count, shape.Topology.SocketCount, shape.Topology.ThreadsPerCore));
        Assert.Equal("4-7", shape.Topology.CpusOf(1).ToString());

        // A pod without CPUs of its own runs on all.
        await _pods.CreateAsync(LabPods.Shared("shared"));
        await _pods.KernelShowsAsync("shared", cpus: All);

        // 4 CPUs on one node are a whole one; the others leave them. No quota, memory and huge pages of the same node.
        await _pods.CreateAsync(LabPods.Pinned("four", 4, hugePages: "32Mi"));
        var four = await _pods.CpusOfAsync("four");
        var node = Assert.Single(shape.Topology.NumaOf(four).Members());
        Assert.Equal(shape.Topology.CpusOf(node), four);
        await _pods.KernelShowsAsync("four", mems: $"{node}", huge: "33554432");
        await _pods.KernelShowsAsync("shared", cpus: (CpuSet.Parse(All) - four).ToString());

        // A core of node 0, which is broken already; 1 CPU is left there.
        await _pods.CreateAsync(LabPods.Pinned("two", 2));
        Assert.Equal("2-3", (await _pods.CpusOfAsync("two", mems: "0")).ToString());
        await _pods.BelievesWhatTheKernelShowsAsync();

        // 3 of each other node leave 1 there: some are free by sum, and not in one place.
        await _pods.DeleteAsync("four");
        var threes = Enumerable.Range(1, lab.Nodes - 1).Select(n => $"three-{n}").ToArray();
        foreach (var three in threes)
            await _pods.CreateAsync(LabPods.Pinned(three, 3));
        foreach (var three in threes)
            Assert.Equal(3, (await _pods.CpusOfAsync(three)).Count);
        await _pods.CreateAsync(LabPods.Pinned("waits", 2));
        await _pods.WaitsAsync("waits", "0/1 nodes are available: 1 container main needs 2 CPUs on one NUMA node, of which at most 1 are free together (free by NUMA node: 0: 1, 1: 1");

        // The agent dies, and its books with it; the containers go on, and the next agent learns from them.
        var before = await _pods.RunningAsync();
        var places = await Task.WhenAll(threes.Select(t => _pods.CpusOfAsync(t)));
        await lab.RestartAsync("rm -f /data/resources/allocations.json;");
        await _pods.KernelShowsAsync("two", cpus: "2-3");
        Assert.Equal(places, await Task.WhenAll(threes.Select(t => _pods.CpusOfAsync(t))));
        Assert.Equal(before, await _pods.RunningAsync());
        await _pods.BelievesWhatTheKernelShowsAsync();

        // Room comes: the pod that waited gets it.
        await _pods.DeleteAsync("two");
        await _pods.KernelShowsAsync("waits", cpus: "2-3", mems: "0");
        await _pods.DeleteAsync([.. threes, "waits"]);
        await _pods.KernelShowsAsync("shared", cpus: All);
        await _pods.HeldAsync(text => text == "[]", "no pods");
    }

    [Theory]
    [InlineData("restricted")]
    [InlineData("best-effort", Traits = ["length", "long"])]
    [InlineData("none", Traits = ["length", "long"])]
    public async Task Pod_OfMoreThanOneNode_IsServedAsThePolicySays(string policy)
    {
        await _pods.BeginAsync(policy);
        var shape = await _pods.ShapeAsync();
        // More CPUs than one node has: two, which no policy but single-numa-node minds.
        await _pods.CreateAsync(LabPods.Pinned("six", 6));
        var six = await _pods.CpusOfAsync("six");
        Assert.Equal((6, 2), (six.Count, shape.Topology.NumaOf(six).Count));
        await _pods.DeleteAsync("six");
        await _pods.HeldAsync(text => text == "[]", "no pods");

        // One CPU left on each node: 2 fit by sum. Best effort and none break them up; restricted waits, since one node could have held them.
        string[] fillers = ["two", .. Enumerable.Range(1, lab.Nodes - 1).Select(n => $"three-{n}")];
        foreach (var filler in fillers)
        {
            await _pods.CreateAsync(LabPods.Pinned(filler, filler == "two" ? 2 : 3));
            await _pods.CpusOfAsync(filler);
        }

        var free = fillers.Length == lab.Nodes ? shape.Topology.AllCpus - CpuSet.Of([0]) : CpuSet.Empty;
        foreach (var filler in fillers)
            free -= await _pods.CpusOfAsync(filler);
        Assert.Equal(lab.Nodes, free.Count);
        await _pods.CreateAsync(LabPods.Pinned("pair", 2));
        if (policy == "restricted" && shape.Topology.NumaOf(free).Count == lab.Nodes)
            await _pods.WaitsAsync("pair", "NUMA node");
        else
            Assert.True((await _pods.CpusOfAsync("pair")).IsSubsetOf(free));
        await _pods.BelievesWhatTheKernelShowsAsync();
    }

    [Fact]
    public async Task SharedContainers_ThroughRandomStartsStopsResizesAndCrashes_StayOffExclusiveCpus()
    {
        await _pods.BeginAsync("single-numa-node");
        var seed = Number("BERTH_LAB_SEED", 1);
        var steps = Number("BERTH_LAB_STEPS", 12);
        var random = new Random(seed);
        List<string> pinned = [], shared = [];
        for (var step = 0; step < steps; step++)
        {
            var what = $"step {step} of seed {seed}";
            var count = pinned.Count + shared.Count;
            switch (random.Next(10))
            {
                case < 3 when count < 12:
                    pinned.Add($"pin-{step}");
                    await _pods.CreateAsync(LabPods.Pinned(pinned[^1], random.Next(1, 4)));
                    break;
                case < 6 when count < 12:
                    shared.Add($"shared-{step}");
                    await _pods.CreateAsync(LabPods.Shared(shared[^1], 10 * random.Next(1, 10)));
                    break;
                case < 8 when count > 0:
                    var from = shared.Count == 0 || (pinned.Count > 0 && random.Next(2) == 0) ? pinned : shared;
                    var victim = from[random.Next(from.Count)];
                    from.Remove(victim);
                    await _pods.DeleteAsync(victim);
                    break;
                case 8 when shared.Count > 0:
                    var patch = $"{{\"spec\":{{\"containers\":[{{\"name\":\"main\",\"resources\":{{\"requests\":{{\"cpu\":\"{10 * random.Next(1, 20)}m\"}} }} }}]}} }}";
                    await lab.KubectlAsync("", "patch", "pod", shared[random.Next(shared.Count)], "--subresource=resize", "-p", patch);
                    break;
                case 9 when step % 3 == 0:
                    await lab.RestartAsync("");
                    break;
            }

            await SafeAsync(what);
        }

        // And in the end everything is as the books say.
        foreach (var name in shared)
            await _pods.KernelShowsAsync(name);
        if (pinned.Count > 0 && (await _pods.RunningAsync()).Keys.Any(pinned.Contains))
            await _pods.BelievesWhatTheKernelShowsAsync();
    }

    [Fact]
    public async Task HugePages_MountedLimitedAndReleased()
    {
        await _pods.BeginAsync("single-numa-node");
        const string free = "cat /sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";
        var before = int.Parse(await lab.ShellAsync(free), CultureInfo.InvariantCulture);
        await _pods.CreateAsync(LabPods.Pinned(
            "huge", 1, "16Mi",
            script: "fallocate -l 8M /huge/half && echo half=ok; fallocate -l 16M /huge/more || echo more=refused; grep /huge /proc/mounts; while true; do sleep 1; done",
            mounts: """[{"name": "huge", "mountPath": "/huge"}]""", volumes: """[{"name": "huge", "emptyDir": {"medium": "HugePages"}}]"""));
        var log = await lab.WaitAsync(() => lab.KubectlAsync("", "logs", "huge"), text => text.Contains("/huge ", StringComparison.Ordinal), "what the container could take");
        Assert.Contains("half=ok", log, StringComparison.Ordinal);
        Assert.Contains("more=refused", log, StringComparison.Ordinal);
        Assert.Contains("hugetlbfs", log, StringComparison.Ordinal);
        Assert.InRange(int.Parse(await lab.ShellAsync(free), CultureInfo.InvariantCulture), before - 8, before - 4);

        // More than there is waits for it, and says so.
        await _pods.CreateAsync(LabPods.Pinned("greedy", 1, $"{2 * 32 * lab.Nodes}Mi"));
        await _pods.WaitsAsync("greedy", "hugepages-2Mi");
        await _pods.DeleteAsync("huge", "greedy");
        await lab.WaitAsync(() => lab.ShellAsync(free), text => text == before.ToString(CultureInfo.InvariantCulture), "all huge pages free again");
    }

    [Fact]
    public async Task Devices_OfAPluginWithNumaHints_AreGivenTogetherWithCpus()
    {
        await _pods.BeginAsync("single-numa-node");
        const string resource = "lab.example/card";
        var last = lab.Nodes - 1;
        await using var relay = await PluginRelay.StartAsync(lab, "/data/kubelet/device-plugins");
        await using var plugin = new TestDevicePlugin(relay.Directory, resource, [Card("a", 0), Card("b", last), Card("c", last)]);
        await plugin.StartAsync(TestContext.Current.CancellationToken);
        await lab.WaitAsync(() => lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.status.allocatable.lab\\.example/card}"), text => text == "3", "three cards");
        await lab.WaitAsync(async () => string.Join(',', (await _pods.ShapeAsync()).Topology.Devices.Select(d => d.Id)), text => text == "a,b,c", "the cards in the node's topology");
        var shape = await _pods.ShapeAsync();

        // Two cards are there on one node only: the CPUs follow them.
        await _pods.CreateAsync(LabPods.Pinned("both", 2, extra: $", \"{resource}\": \"2\""));
        var both = await _pods.KernelShowsAsync("both", mems: $"{last}");
        Assert.Equal("b,c", string.Join(',', both["devices"].Split(',').Order()));
        Assert.Equal($"{last}", shape.Topology.NumaOf(CpuSet.Parse(both["cpus"])).ToString());

        // One is free on node 0, which has 3 CPUs for pods: 3 beside it are there, 4 are not, wherever else they are free.
        await _pods.CreateAsync(LabPods.Pinned("apart", 4, extra: $", \"{resource}\": \"1\""));
        await _pods.WaitsAsync("apart", "NUMA node");
        await _pods.CreateAsync(LabPods.Pinned("near", 3, extra: $", \"{resource}\": \"1\""));
        Assert.Equal("a", (await _pods.KernelShowsAsync("near", cpus: "1-3", mems: "0"))["devices"]);
        var held = await _pods.HeldAsync(text => text.Contains("card=a", StringComparison.Ordinal), "card a");
        Assert.Equal(3, held.SelectMany(h => h.Devices).Distinct().Count());
    }

    [Fact]
    public async Task Cpus_TakenOfflineUnderAPod_AreReplacedAndToldAndComeBack()
    {
        await _pods.BeginAsync("single-numa-node");
        await _pods.CreateAsync(LabPods.Pinned("pinned", 2));
        await _pods.CreateAsync(LabPods.Shared("shared"));
        var first = await _pods.CpusOfAsync("pinned");
        var gone = first.Last();
        await lab.ShellAsync($"echo 0 >/sys/devices/system/cpu/cpu{gone}/online");
        var after = await _pods.CpusOfAsync("pinned", where: cpus => cpus.Count == 2 && !cpus.Contains(gone));
        await lab.WaitAsync(() => Condition("status"), text => text == "True", "the condition");
        Assert.Equal($"CPUs {gone} are offline", await Condition("message"));
        await lab.WaitAsync(() => lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.status.capacity.cpu}"), text => text == $"{lab.Cpus - 1}", "one CPU less");
        await lab.WaitAsync(() => lab.KubectlAsync("", "get", "events", "-o", "jsonpath={.items[*].reason}"), text => text.Contains("ExclusiveCPUsReplaced", StringComparison.Ordinal), "an event of the pod");
        await _pods.KernelShowsAsync("shared", cpus: (CpuSet.Parse(All) - after - CpuSet.Of([gone])).ToString());

        // An agent that starts on what is left starts.
        await lab.RestartAsync("");
        Assert.Equal(after, await _pods.CpusOfAsync("pinned"));
        await _pods.BelievesWhatTheKernelShowsAsync();

        await lab.ShellAsync($"echo 1 >/sys/devices/system/cpu/cpu{gone}/online");
        await lab.WaitAsync(() => lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.status.capacity.cpu}"), text => text == $"{lab.Cpus}", "all CPUs");
        await _pods.KernelShowsAsync("shared", cpus: (CpuSet.Parse(All) - after).ToString());

        Task<string> Condition(string field) => lab.KubectlAsync("", "get", "node", "lab", "-o", $"jsonpath={{.status.conditions[?(@.type==\"ResourcesMissing\")].{field}}}");
    }

    /// <summary>At this moment, of the containers that run: no CPU of a pinned one is anybody else's.</summary>
    private async Task SafeAsync(string what)
    {
        var running = await _pods.RunningAsync();
        var sets = await _pods.KernelSetsAsync();
        foreach (var (pod, id) in running.Where(r => r.Key.StartsWith("pin-", StringComparison.Ordinal)))
        {
            if (!sets.TryGetValue(id, out var own))
                continue; // it has ended meanwhile
            foreach (var (other, cpus) in sets.Where(s => s.Key != id && running.Values.Contains(s.Key)))
                Assert.False(own.Overlaps(cpus), $"{what}: {pod} has {own}, and {running.First(r => r.Value == other).Key} runs on {cpus}");
        }
    }

    private static Device Card(string id, int node) => new() { ID = id, Health = "Healthy", Topology = new TopologyInfo { Nodes = { new NUMANode { ID = node } } } };

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
