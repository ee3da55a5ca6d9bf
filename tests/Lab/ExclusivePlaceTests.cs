using System.Text.Json;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Lab.Tests;

/// <summary>
/// Real pods on two NUMA nodes under single-numa-node. One course of events, because the machine is slow and each step builds
/// on the one before: CPU 0 is the system's; node 0 has CPUs 0-3, node 1 has 4-7.
/// </summary>
public sealed class ExclusivePlaceTests(LabMachine lab)
{
    // What the kernel lets the container do, as the container's own cgroup shows it.
    private const string Tell = "while true; do echo cpus=$(cat /sys/fs/cgroup/cpuset.cpus.effective) mems=$(cat /sys/fs/cgroup/cpuset.mems.effective) huge=$(cat /sys/fs/cgroup/hugetlb.2MB.max) quota=$(cut -d' ' -f1 /sys/fs/cgroup/cpu.max); sleep 1; done";

    [Fact]
    public async Task PodsOnTwoNumaNodes_ComeGoAndOutliveTheirAgent_HaveTheirPlacesAlone()
    {
        lab.Require();
        var shape = NodeShapeJson.Read(await lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.metadata.annotations.berth\\.dev/topology}"))!;
        Assert.Equal(("0-3", "4-7", 2), (shape.Topology.CpusOf(0).ToString(), shape.Topology.CpusOf(1).ToString(), shape.Topology.ThreadsPerCore));
        Assert.Equal("128Mi", await lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.status.capacity.hugepages-2Mi}"));

        // A pod without CPUs of its own runs on all.
        await CreateAsync(Shared("shared"));
        await KernelShowsAsync("shared", cpus: "0-7");

        // 4 CPUs on one node are node 1's; the others leave them. No quota, memory and huge pages of the same node.
        await CreateAsync(Pinned("four", 4, hugePages: "32Mi"));
        await KernelShowsAsync("four", cpus: "4-7", mems: "1", huge: "33554432", quota: "max");
        await KernelShowsAsync("shared", cpus: "0-3");

        // A core of node 0; 1 CPU is left there.
        await CreateAsync(Pinned("two", 2));
        await KernelShowsAsync("two", cpus: "2-3", mems: "0", quota: "max");
        await KernelShowsAsync("shared", cpus: "0-1");
        await BelievesWhatTheKernelShowsAsync();

        // 3 of node 1 leave 1 there: 2 are free by sum, and not in one place.
        await DeleteAsync("four");
        await KernelShowsAsync("shared", cpus: "0-1,4-7");
        await CreateAsync(Pinned("three", 3));
        var three = await KernelShowsAsync("three", mems: "1");
        Assert.Equal(3, three.Count);
        await CreateAsync(Pinned("waits", 2));
        var reason = await lab.WaitAsync(
            () => lab.KubectlAsync("", "get", "pod", "waits", "-o", "jsonpath={.status.phase} {.spec.nodeName} {.status.conditions[?(@.type==\"PodScheduled\")].message}"),
            text => text.Contains("NUMA", StringComparison.Ordinal), "a pod that waits with a reason");
        Assert.StartsWith("Pending  0/1 nodes are available: 1 container main needs 2 CPUs on one NUMA node, of which at most 1 are free together (free by NUMA node: 0: 1, 1: 1)", reason, StringComparison.Ordinal);

        // The agent dies, and its books with it; the containers go on, and the next agent learns from them.
        var before = await lab.KubectlAsync("", "get", "pod", "two", "-o", "jsonpath={.status.containerStatuses[0].containerID}");
        await lab.ShellAsync("kill -9 $(pidof berth); rm -f /data/resources/allocations.json; : >/lab/berth.log; setsid /lab/start </dev/null >/dev/null 2>&1 &");
        await lab.WaitAsync(() => lab.ShellAsync("cat /lab/berth.log"), log => log.Contains("Berth is ready", StringComparison.Ordinal), "Berth again", 300);
        await KernelShowsAsync("two", cpus: "2-3");
        Assert.Equal(three, await KernelShowsAsync("three", mems: "1"));
        Assert.Equal(before, await lab.KubectlAsync("", "get", "pod", "two", "-o", "jsonpath={.status.containerStatuses[0].containerID}"));
        await BelievesWhatTheKernelShowsAsync();

        // Room comes: the pod that waited gets it.
        await DeleteAsync("two");
        await KernelShowsAsync("waits", cpus: "2-3", mems: "0");

        await DeleteAsync("three", "waits");
        await KernelShowsAsync("shared", cpus: "0-7");
        Assert.Equal("[]", await HeldAsync("[]"));
    }

    /// <summary>By the node's books every CPU has one owner, and the kernel shows each container just those.</summary>
    private async Task BelievesWhatTheKernelShowsAsync()
    {
        var pods = JsonDocument.Parse(await lab.KubectlAsync("", "get", "pods", "-o", "json")).RootElement.GetProperty("items").EnumerateArray()
            .ToDictionary(p => p.GetProperty("metadata").GetProperty("uid").GetString()!, p => p.GetProperty("metadata").GetProperty("name").GetString()!);
        var held = AllocationJson.ReadAll(await HeldAsync("main"));
        Assert.NotEmpty(held);
        var all = CpuSet.Empty;
        foreach (var pod in held)
        {
            Assert.False(all.Overlaps(pod.Cpus), $"{pod.Cpus} have two owners");
            all |= pod.Cpus;
            await KernelShowsAsync(pods[pod.PodUid], cpus: pod.Find("main")!.Cpus.ToString());
        }
    }

    private Task<string> HeldAsync(string containing) => lab.WaitAsync(
        () => lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.metadata.annotations.berth\\.dev/held}"),
        text => text.Contains(containing, StringComparison.Ordinal), $"books with {containing}");

    private async Task<CpuSet> KernelShowsAsync(string pod, string? cpus = null, string? mems = null, string? huge = null, string? quota = null)
    {
        (string Name, string? Value)[] pairs = [("cpus", cpus), ("mems", mems), ("huge", huge), ("quota", quota)];
        var wanted = pairs.Where(p => p.Value is not null).Select(p => $"{p.Name}={p.Value}").ToList();
        var line = await lab.WaitAsync(
            () => lab.KubectlAsync("", "logs", pod, "--tail=1"),
            text => wanted.All(w => text.Trim().Split(' ').Contains(w)), $"{pod} with {string.Join(' ', wanted)}");
        return CpuSet.Parse(line.Trim().Split(' ')[0]["cpus=".Length..]);
    }

    private Task<string> CreateAsync(string manifest) => lab.KubectlAsync(manifest, "create", "-f", "-");

    private Task<string> DeleteAsync(params string[] pods) => lab.KubectlAsync("", ["delete", "pod", "--grace-period=1", .. pods]);

    private static string Shared(string name) => Manifest(name, "{}");

    private static string Pinned(string name, int cpus, string? hugePages = null)
    {
        var huge = hugePages is null ? "" : $", \"hugepages-2Mi\": \"{hugePages}\"";
        var amounts = $$"""{"cpu": "{{cpus}}", "memory": "32Mi"{{huge}} }""";
        return Manifest(name, $$"""{"requests": {{amounts}}, "limits": {{amounts}} }""");
    }

    private static string Manifest(string name, string resources) => $$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}"}, "spec": {
          "terminationGracePeriodSeconds": 1, "automountServiceAccountToken": false,
          "containers": [{"name": "main", "image": "berth.local/busybox:1", "imagePullPolicy": "Never",
            "command": ["/bin/sh", "-c", "{{{Tell}}}"], "resources": {{{resources}}} }]}}
        """;
}
