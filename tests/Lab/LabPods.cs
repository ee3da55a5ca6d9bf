using System.Globalization;
using System.Text.Json;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Lab.Tests;

/// <summary>Pods of the lab: how they are made, and what the API and the kernel say of them.</summary>
public sealed class LabPods(LabMachine lab)
{
    // What the kernel lets the container do, as the container's own cgroup shows it.
    private const string Tell = "while true; do echo cpus=$(cat /sys/fs/cgroup/cpuset.cpus.effective) mems=$(cat /sys/fs/cgroup/cpuset.mems.effective) huge=$(cat /sys/fs/cgroup/hugetlb.2MB.max) quota=$(cut -d' ' -f1 /sys/fs/cgroup/cpu.max) devices=$TEST_DEVICES; sleep 1; done";

    /// <summary>Fails where the API refuses.</summary>
    public Task<string> CreateAsync(string manifest) => lab.KubectlAsync(manifest, "create", "-f", "-");

    public Task<string> DeleteAsync(params string[] pods) => lab.KubectlAsync("", ["delete", "pod", "--grace-period=1", .. pods]);

    /// <summary>Nothing of an earlier test is left, and Berth runs under the policy.</summary>
    public async Task BeginAsync(string policy)
    {
        lab.Require();
        await lab.KubectlAsync("", "delete", "pod", "--all", "--grace-period=1");
        await lab.UseAsync(policy);
        await HeldAsync(text => text == "[]", "no pods");
    }

    /// <summary>The node's own books, once they are as wanted.</summary>
    public async Task<IReadOnlyList<PodAllocation>> HeldAsync(Func<string, bool> wanted, string what) => AllocationJson.ReadAll(await lab.WaitAsync(
        () => lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.metadata.annotations.berth\\.dev/held}"), wanted, $"books with {what}"));

    public async Task<NodeShape> ShapeAsync() => NodeShapeJson.Read(await lab.KubectlAsync("", "get", "node", "lab", "-o", "jsonpath={.metadata.annotations.berth\\.dev/topology}"))!;

    /// <summary>What the container's cgroup shows it, once each given value is there; read from its log.</summary>
    public async Task<Dictionary<string, string>> KernelShowsAsync(string pod, string? cpus = null, string? mems = null, string? huge = null, string? quota = null, Func<CpuSet, bool>? where = null)
    {
        (string Name, string? Value)[] pairs = [("cpus", cpus), ("mems", mems), ("huge", huge), ("quota", quota)];
        var wanted = pairs.Where(p => p.Value is not null).Select(p => $"{p.Name}={p.Value}").ToList();
        var line = await lab.WaitAsync(
            // A line may come while the last one is looked for: then there are two.
            async () => (await lab.KubectlAsync("", "logs", pod, "--tail=1")).Trim().Split('\n')[^1],
            text => text.StartsWith("cpus=", StringComparison.Ordinal) && wanted.All(w => text.Trim().Split(' ').Contains(w)) && (where is null || where(CpusIn(text))),
            $"{pod} with {string.Join(' ', wanted)}");
        return line.Trim().Split(' ').Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
    }

    public async Task<CpuSet> CpusOfAsync(string pod, string? mems = null, Func<CpuSet, bool>? where = null) => CpuSet.Parse((await KernelShowsAsync(pod, mems: mems, quota: "max", where: where))["cpus"]);

    public Task<string> WaitsAsync(string pod, string reason) => lab.WaitAsync(
        () => lab.KubectlAsync("", "get", "pod", pod, "-o", "jsonpath={.status.phase} {.spec.nodeName} {.status.conditions[?(@.type==\"PodScheduled\")].message}"),
        text => text.StartsWith("Pending  ", StringComparison.Ordinal) && text.Contains(reason, StringComparison.Ordinal), $"{pod} waiting because of {reason}");

    /// <summary>CPUs by container id as the kernel has them now, all read at one moment.</summary>
    public async Task<IReadOnlyDictionary<string, CpuSet>> KernelSetsAsync()
    {
        var text = await lab.ShellAsync("cd /sys/fs/cgroup; for f in $(find . -path '*/pod*/*' -name cpuset.cpus.effective); do d=${f%/*}; [ -s $d/cgroup.procs ] && echo ${d##*/} $(cat $f); done");
        return text.Split('\n').Select(l => l.Trim().Split(' ')).Where(w => w.Length == 2).DistinctBy(w => w[0]).ToDictionary(w => w[0], w => CpuSet.Parse(w[1]), StringComparer.Ordinal);
    }

    /// <summary>Running containers by pod: the container's id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RunningAsync()
    {
        using var pods = JsonDocument.Parse(await lab.KubectlAsync("", "get", "pods", "-o", "json"));
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pod in pods.RootElement.GetProperty("items").EnumerateArray())
        {
            if (pod.GetProperty("metadata").TryGetProperty("deletionTimestamp", out _) || !pod.GetProperty("status").TryGetProperty("containerStatuses", out var statuses))
                continue;
            if (statuses[0].GetProperty("state").TryGetProperty("running", out _))
                found[pod.GetProperty("metadata").GetProperty("name").GetString()!] = statuses[0].GetProperty("containerID").GetString()!.Split("://")[1];
        }

        return found;
    }

    /// <summary>By the node's books every CPU has one owner, and the kernel shows each container just those.</summary>
    public async Task BelievesWhatTheKernelShowsAsync()
    {
        using var list = JsonDocument.Parse(await lab.KubectlAsync("", "get", "pods", "-o", "json"));
        var pods = list.RootElement.GetProperty("items").EnumerateArray()
            .ToDictionary(p => p.GetProperty("metadata").GetProperty("uid").GetString()!, p => p.GetProperty("metadata").GetProperty("name").GetString()!);
        var held = await HeldAsync(text => text.Contains("main", StringComparison.Ordinal), "main");
        Assert.NotEmpty(held);
        var all = CpuSet.Empty;
        foreach (var pod in held)
        {
            Assert.False(all.Overlaps(pod.Cpus), $"{pod.Cpus} have two owners");
            all |= pod.Cpus;
            await KernelShowsAsync(pods[pod.PodUid], cpus: pod.Find("main")!.Cpus.ToString());
        }
    }

    public static string Shared(string name, int milliCpu = 0) => Manifest(name, milliCpu == 0 ? "{}" : string.Create(CultureInfo.InvariantCulture, $$"""{"requests": {"cpu": "{{milliCpu}}m"} }"""));

    public static string Pinned(string name, int cpus, string? hugePages = null, string extra = "", string script = Tell, string mounts = "[]", string volumes = "[]")
    {
        var huge = hugePages is null ? "" : $", \"hugepages-2Mi\": \"{hugePages}\"";
        var amounts = $$"""{"cpu": "{{cpus}}", "memory": "32Mi"{{huge}}{{extra}} }""";
        return Manifest(name, $$"""{"requests": {{amounts}}, "limits": {{amounts}} }""", script, mounts, volumes);
    }

    private static CpuSet CpusIn(string line) => CpuSet.TryParse(line.Trim().Split(' ')[0]["cpus=".Length..], out var cpus) ? cpus : CpuSet.Empty;

    private static string Manifest(string name, string resources, string script = Tell, string mounts = "[]", string volumes = "[]") => $$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}"}, "spec": {
          "terminationGracePeriodSeconds": 1, "automountServiceAccountToken": false, "volumes": {{{volumes}}},
          "containers": [{"name": "main", "image": "berth.local/busybox:1", "imagePullPolicy": "Never", "volumeMounts": {{{mounts}}},
            "command": ["/bin/sh", "-c", "{{{script}}}"], "resources": {{{resources}}} }]}}
        """;
}
