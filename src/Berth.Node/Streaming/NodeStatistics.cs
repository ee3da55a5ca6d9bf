using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Linux.Cgroups;
using Berth.Linux.Files;
using Berth.Linux.Machine;
using Berth.Node.Cri;
using Berth.Node.Lifecycle;
using Berth.Node.Lifecycle.Eviction;
using Berth.Node.NodeStatus;
using Berth.Node.PodSync;
using Berth.Node.Volumes;

namespace Berth.Node.Streaming;

/// <summary>Usage of the node, its pods and containers: the summary that metrics pipelines read, and the same as Prometheus text.</summary>
public sealed class NodeStatistics(NodeAgentOptions options, PodDirectories directories, PodWorkers workers, ClaimUsage claims, PodCgroups cgroups, IRuntimeService runtime, NodePressure pressure, NodeFacts facts, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset At, long Nanoseconds, long NanoCores)> _rates = new(StringComparer.Ordinal);

    public async Task<byte[]> SummaryAsync(CancellationToken ct)
    {
        var containers = await ContainersAsync(ct);
        var now = time.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteNode(json, now);
            json.WriteStartArray("pods");
            foreach (var worker in workers.All.Where(w => w.Observed.Running.Any())) WritePod(json, worker, containers, now);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public async Task<byte[]> ResourceMetricsAsync(CancellationToken ct)
    {
        var containers = await ContainersAsync(ct);
        var text = new StringBuilder();
        Head(text, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
        foreach (var (labels, stats) in Labelled(containers))
            text.Append(CultureInfo.InvariantCulture, $"container_cpu_usage_seconds_total{{{labels}}} {(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0) / 1e9} {(stats.Cpu?.Timestamp ?? 0) / 1_000_000}\n");
        Head(text, "container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        foreach (var (labels, stats) in Labelled(containers))
            text.Append(CultureInfo.InvariantCulture, $"container_memory_working_set_bytes{{{labels}}} {stats.Memory?.WorkingSetBytes?.Value ?? 0} {(stats.Memory?.Timestamp ?? 0) / 1_000_000}\n");
        Head(text, "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        foreach (var worker in workers.All)
        {
            foreach (var c in worker.Observed.Running)
                text.Append(CultureInfo.InvariantCulture, $"container_start_time_seconds{{container=\"{c.Name}\",namespace=\"{worker.Pod.Metadata.Namespace}\",pod=\"{worker.Pod.Metadata.Name}\"}} {c.StartedAt.ToUnixTimeMilliseconds() / 1e3}\n");
        }

        Head(text, "node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
        text.Append(CultureInfo.InvariantCulture, $"node_cpu_usage_seconds_total {NodeCpuNanoseconds() / 1e9}\n");
        Head(text, "node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        text.Append(CultureInfo.InvariantCulture, $"node_memory_working_set_bytes {facts.Machine.MemoryBytes - pressure.Now.MemoryAvailableBytes}\n");
        foreach (var (name, of) in ((string, Func<CgroupUsage, double>)[])[("pod_cpu_usage_seconds_total", u => u.CpuNanoseconds / 1e9), ("pod_memory_working_set_bytes", u => u.WorkingSetBytes)])
        {
            Head(text, name, name.EndsWith("total", StringComparison.Ordinal) ? "counter" : "gauge", "Usage of the pod");
            foreach (var worker in workers.All)
            {
                if (cgroups.Usage(worker.Pod) is { } usage)
                    text.Append(CultureInfo.InvariantCulture, $"{name}{{namespace=\"{worker.Pod.Metadata.Namespace}\",pod=\"{worker.Pod.Metadata.Name}\"}} {of(usage)}\n");
            }
        }

        Head(text, "resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise");
        text.Append("resource_scrape_error 0\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The agent's own.</summary>
    public byte[] AgentMetrics()
    {
        var text = new StringBuilder();
        Head(text, "kubelet_node_name", "gauge", "The node's name. The count is always 1.");
        text.Append(CultureInfo.InvariantCulture, $"kubelet_node_name{{node=\"{options.NodeName}\"}} 1\n");
        Head(text, "kubelet_running_pods", "gauge", "Number of pods that have a running pod sandbox");
        text.Append(CultureInfo.InvariantCulture, $"kubelet_running_pods {workers.All.Count(w => w.Observed.ReadySandbox is not null)}\n");
        Head(text, "kubelet_running_containers", "gauge", "Number of containers currently running");
        text.Append(CultureInfo.InvariantCulture, $"kubelet_running_containers{{container_state=\"running\"}} {workers.All.Sum(w => w.Observed.Running.Count())}\n");
        WriteClaims(text);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Head(text, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.");
        text.Append(CultureInfo.InvariantCulture, $"process_cpu_seconds_total {self.TotalProcessorTime.TotalSeconds}\n");
        Head(text, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        text.Append(CultureInfo.InvariantCulture, $"process_resident_memory_bytes {self.WorkingSet64}\n");
        Head(text, "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.");
        text.Append(CultureInfo.InvariantCulture, $"process_start_time_seconds {_started.ToUnixTimeMilliseconds() / 1e3}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void WriteClaims(StringBuilder text)
    {
        var measures = claims.All.OrderBy(m => m.Claim.ToString(), StringComparer.Ordinal).ToList();
        foreach (var (name, help, of) in ((string, string, Func<FileSystemUsage, long>)[])
        [
            ("available_bytes", "Number of available bytes in the volume", r => r.AvailableBytes),
            ("capacity_bytes", "Capacity in bytes of the volume", r => r.TotalBytes),
            ("inodes", "Maximum number of inodes in the volume", r => r.InodesTotal),
            ("inodes_free", "Number of free inodes in the volume", r => r.InodesFree),
            ("inodes_used", "Number of used inodes in the volume", r => r.InodesTotal - r.InodesFree),
            ("used_bytes", "Number of used bytes in the volume", r => r.UsedBytes),
        ])
        {
            if (measures.Count > 0) Head(text, "kubelet_volume_stats_" + name, "gauge", help);
            foreach (var measure in measures)
                text.Append(CultureInfo.InvariantCulture, $"kubelet_volume_stats_{name}{{namespace=\"{measure.Claim.Namespace}\",persistentvolumeclaim=\"{measure.Claim.Name}\"}} {of(measure.Room)}\n");
        }
    }

    private async Task<Dictionary<string, Cri.V1.ContainerStats>> ContainersAsync(CancellationToken ct) =>
        (await runtime.ListContainerStatsAsync(null, ct)).Where(s => s.Attributes is not null).ToDictionary(s => s.Attributes.Id, StringComparer.Ordinal);

    private static IEnumerable<(string Labels, Cri.V1.ContainerStats Stats)> Labelled(Dictionary<string, Cri.V1.ContainerStats> all)
    {
        foreach (var stats in all.Values)
        {
            var labels = stats.Attributes.Labels;
            if (labels.TryGetValue(RuntimeLabels.ContainerName, out var name))
                yield return ($"container=\"{name}\",namespace=\"{labels[RuntimeLabels.PodNamespace]}\",pod=\"{labels[RuntimeLabels.PodName]}\"", stats);
        }
    }

    private void WriteNode(Utf8JsonWriter json, DateTimeOffset now)
    {
        var signals = pressure.Now;
        var memory = facts.Machine.MemoryBytes;
        json.WriteStartObject("node");
        json.WriteString("nodeName", options.NodeName);
        json.WriteString("startTime", Text(_started));
        var cpu = NodeCpuNanoseconds();
        WriteCpu(json, "node", cpu, now, PressureStall.OfMachine("cpu"));
        json.WriteStartObject("memory");
        json.WriteString("time", Text(now));
        json.WriteNumber("availableBytes", signals.MemoryAvailableBytes);
        json.WriteNumber("usageBytes", memory - signals.MemoryAvailableBytes);
        json.WriteNumber("workingSetBytes", memory - signals.MemoryAvailableBytes);
        WritePressure(json, PressureStall.OfMachine("memory"));
        json.WriteEndObject();
        WriteIo(json, PressureStall.OfMachine("io"), now);
        WriteNetwork(json, NetworkCounters.OfProcess(Environment.ProcessId), now);
        WriteDisk(json, "fs", now);
        json.WriteStartObject("runtime");
        WriteDisk(json, "imageFs", now);
        json.WriteEndObject();
        json.WriteStartObject("rlimit");
        json.WriteString("time", Text(now));
        json.WriteNumber("maxpid", NodePressure.PidsTotal);
        json.WriteNumber("curproc", Directory.EnumerateDirectories("/proc").Count(d => char.IsAsciiDigit(Path.GetFileName(d)[0])));
        json.WriteEndObject();
        json.WriteStartArray("systemContainers");
        if (cgroups.TotalUsage() is { } pods)
        {
            json.WriteStartObject();
            json.WriteString("name", "pods");
            json.WriteString("startTime", Text(_started));
            WriteCpu(json, "pods", pods.CpuNanoseconds, now);
            json.WriteStartObject("memory");
            json.WriteString("time", Text(now));
            json.WriteNumber("usageBytes", pods.MemoryBytes);
            json.WriteNumber("workingSetBytes", pods.WorkingSetBytes);
            json.WriteNumber("rssBytes", pods.AnonymousBytes);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteDisk(Utf8JsonWriter json, string name, DateTimeOffset now)
    {
        json.WriteStartObject(name);
        WriteRoom(json, FileSystemUsage.Of(name == "imageFs" ? pressure.ImagePath : options.DataDirectory), now, null);
        json.WriteEndObject();
    }

    /// <param name="own">What a pod's part of the file system holds; null for all of it.</param>
    private static void WriteRoom(Utf8JsonWriter json, FileSystemUsage room, DateTimeOffset now, (long Bytes, long Inodes)? own)
    {
        json.WriteString("time", Text(now));
        json.WriteNumber("availableBytes", room.AvailableBytes);
        json.WriteNumber("capacityBytes", room.TotalBytes);
        json.WriteNumber("usedBytes", own?.Bytes ?? room.UsedBytes);
        json.WriteNumber("inodesFree", room.InodesFree);
        json.WriteNumber("inodes", room.InodesTotal);
        json.WriteNumber("inodesUsed", own?.Inodes ?? room.InodesTotal - room.InodesFree);
    }

    private static void WriteNetwork(Utf8JsonWriter json, IReadOnlyList<NetworkCounters> interfaces, DateTimeOffset now)
    {
        json.WriteStartObject("network");
        json.WriteString("time", Text(now));
        // The first is the one with the pod's, or the node's, address.
        if (interfaces.Count > 0) Write(interfaces[0]);
        json.WriteStartArray("interfaces");
        foreach (var one in interfaces)
        {
            json.WriteStartObject();
            Write(one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void Write(NetworkCounters counters)
        {
            json.WriteString("name", counters.Interface);
            json.WriteNumber("rxBytes", counters.ReceivedBytes);
            json.WriteNumber("rxErrors", counters.ReceiveErrors);
            json.WriteNumber("txBytes", counters.SentBytes);
            json.WriteNumber("txErrors", counters.SendErrors);
        }
    }

    /// <summary>Volumes on the disk or in memory, by what their directories hold, and the pod's whole local storage.</summary>
    private void WriteStorage(Utf8JsonWriter json, PodWorker worker, Dictionary<string, Cri.V1.ContainerStats> containers, DateTimeOffset now)
    {
        var pod = worker.Pod;
        json.WriteStartArray("volume");
        foreach (var volume in pod.Spec.Volumes)
        {
            var kind = volume switch
            {
                { EmptyDir: not null } => "empty-dir",
                { ConfigMap: not null } => "configmap",
                { Secret: not null } => "secret",
                { DownwardAPI: not null } => "downward-api",
                { Projected: not null } => "projected",
                _ => "",
            };
            var path = Path.Combine(directories.VolumesOf(pod.Metadata.Uid), "kubernetes.io~" + kind, volume.Name);
            if (kind.Length == 0 || !Directory.Exists(path)) continue;
            json.WriteStartObject();
            var room = FileSystemUsage.Of(path);
            // A tmpfs of its own counts itself.
            WriteRoom(json, room, now, volume.EmptyDir is { Medium: "Memory" } ? null : (DirectorySize.Of(path), Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).LongCount() + 1));
            json.WriteString("name", volume.Name);
            json.WriteEndObject();
        }

        foreach (var volume in pod.Spec.Volumes)
        {
            if (claims.Of(pod.Metadata.Uid, volume.Name) is not { } measure) continue;
            json.WriteStartObject();
            WriteRoom(json, measure.Room, measure.At, null);
            json.WriteString("name", volume.Name);
            json.WriteStartObject("pvcRef");
            json.WriteString("name", measure.Claim.Name);
            json.WriteString("namespace", measure.Claim.Namespace);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var layers = containers.ToDictionary(c => c.Key, c => ((long)(c.Value.WritableLayer?.UsedBytes?.Value ?? 0), (long)(c.Value.WritableLayer?.InodesUsed?.Value ?? 0)), StringComparer.Ordinal);
        var usage = new LocalStorage(directories).Of(pod, worker.Observed, layers);
        json.WriteStartObject("ephemeral-storage");
        WriteRoom(json, FileSystemUsage.Of(options.DataDirectory), now, (usage.Total, usage.Inodes));
        json.WriteEndObject();
    }

    private void WritePod(Utf8JsonWriter json, PodWorker worker, Dictionary<string, Cri.V1.ContainerStats> containers, DateTimeOffset now)
    {
        var meta = worker.Pod.Metadata;
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", meta.Name);
        json.WriteString("namespace", meta.Namespace);
        json.WriteString("uid", meta.Uid);
        json.WriteEndObject();
        json.WriteString("startTime", Text(worker.Pod.Status.StartTime?.Value ?? now));
        json.WriteStartArray("containers");
        foreach (var running in worker.Observed.Running)
        {
            if (!containers.TryGetValue(running.Id, out var stats)) continue;
            json.WriteStartObject();
            json.WriteString("name", running.Name);
            json.WriteString("startTime", Text(running.StartedAt));
            var own = cgroups.Of(worker.Pod).Child(running.Id);
            WriteCpu(json, running.Id, (long)(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0), now, own.Pressure("cpu"));
            json.WriteStartObject("memory");
            json.WriteString("time", Text(now));
            json.WriteNumber("workingSetBytes", stats.Memory?.WorkingSetBytes?.Value ?? 0);
            json.WriteNumber("usageBytes", stats.Memory?.UsageBytes?.Value ?? 0);
            json.WriteNumber("rssBytes", stats.Memory?.RssBytes?.Value ?? 0);
            WritePressure(json, own.Pressure("memory"));
            json.WriteEndObject();
            WriteIo(json, own.Pressure("io"), now);
            json.WriteStartObject("rootfs");
            json.WriteString("time", Text(now));
            json.WriteNumber("usedBytes", stats.WritableLayer?.UsedBytes?.Value ?? 0);
            json.WriteNumber("inodesUsed", stats.WritableLayer?.InodesUsed?.Value ?? 0);
            json.WriteEndObject();
            json.WriteStartObject("logs");
            json.WriteString("time", Text(now));
            json.WriteNumber("usedBytes", File.Exists(running.LogPath) ? new FileInfo(running.LogPath).Length : 0);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (cgroups.Usage(worker.Pod) is { } usage)
        {
            var whole = cgroups.Of(worker.Pod);
            WriteCpu(json, meta.Uid, usage.CpuNanoseconds, now, whole.Pressure("cpu"));
            json.WriteStartObject("memory");
            json.WriteString("time", Text(now));
            json.WriteNumber("usageBytes", usage.MemoryBytes);
            json.WriteNumber("workingSetBytes", usage.WorkingSetBytes);
            json.WriteNumber("rssBytes", usage.AnonymousBytes);
            json.WriteNumber("pageFaults", usage.PageFaults);
            json.WriteNumber("majorPageFaults", usage.MajorPageFaults);
            WritePressure(json, whole.Pressure("memory"));
            json.WriteEndObject();
            WriteIo(json, whole.Pressure("io"), now);
            json.WriteStartObject("process_stats");
            json.WriteNumber("process_count", usage.Pids);
            json.WriteEndObject();
        }

        if (!worker.Pod.Spec.HostNetwork && cgroups.Of(worker.Pod).Processes() is [var pid, ..]) WriteNetwork(json, NetworkCounters.OfProcess(pid), now);
        WriteStorage(json, worker, containers, now);

        json.WriteEndObject();
    }

    /// <summary>Of I/O there is nothing to tell but its pressure.</summary>
    private static void WriteIo(Utf8JsonWriter json, PressureStall? pressure, DateTimeOffset now)
    {
        if (pressure is null) return;
        json.WriteStartObject("io");
        json.WriteString("time", Text(now));
        WritePressure(json, pressure);
        json.WriteEndObject();
    }

    private static void WritePressure(Utf8JsonWriter json, PressureStall? pressure)
    {
        if (pressure is not { } stall) return;
        json.WriteStartObject("psi");
        foreach (var (name, share) in ((string, PressureShare)[])[("full", stall.Full), ("some", stall.Some)])
        {
            json.WriteStartObject(name);
            json.WriteNumber("total", share.TotalMicroseconds);
            json.WriteNumber("avg10", share.Average10);
            json.WriteNumber("avg60", share.Average60);
            json.WriteNumber("avg300", share.Average300);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteCpu(Utf8JsonWriter json, string key, long nanoseconds, DateTimeOffset now, PressureStall? pressure = null)
    {
        json.WriteStartObject("cpu");
        json.WriteString("time", Text(now));
        json.WriteNumber("usageNanoCores", Rate(key, nanoseconds, now));
        json.WriteNumber("usageCoreNanoSeconds", nanoseconds);
        WritePressure(json, pressure);
        json.WriteEndObject();
    }

    /// <summary>Use since the last time that it was asked for, over at least a second; the first answer is zero.</summary>
    private long Rate(string key, long nanoseconds, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_rates.TryGetValue(key, out var last) && now - last.At < TimeSpan.FromSeconds(1)) return last.NanoCores;
            var rate = last.At == default ? 0 : (long)Math.Max(0, (nanoseconds - last.Nanoseconds) / (now - last.At).TotalSeconds);
            _rates[key] = (now, nanoseconds, rate);
            // Containers come and go; what has not been asked for in an hour is one that went.
            if (_rates.Count > 4096)
            {
                foreach (var old in _rates.Where(r => now - r.Value.At > TimeSpan.FromHours(1)).Select(r => r.Key).ToList()) _rates.Remove(old);
            }

            return rate;
        }
    }

    /// <summary>All but idle and waiting, from the first line of /proc/stat; its unit is a hundredth of a second.</summary>
    private static long NodeCpuNanoseconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long ticks = 0;
        for (var i = 1; i < Math.Min(fields.Length, 9); i++)
        {
            if (i is not (4 or 5)) ticks += long.Parse(fields[i], CultureInfo.InvariantCulture);
        }

        return ticks * 10_000_000;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} [STABLE] {help}\n# TYPE {name} {type}\n");
}
