using System.Globalization;
using System.Text;
using Berth.Linux.Cgroups;
using Berth.Linux.Machine;
using Berth.Node.Lifecycle;
using Berth.Node.NodeStatus;
using Berth.Node.PodSync;

namespace Berth.Node.Streaming;

/// <summary>Containers, pods and the machine as Prometheus text, by the names and labels of cAdvisor that dashboards and alerts are written for. Read from the kernel at each scrape.</summary>
public sealed class CadvisorMetrics(PodWorkers workers, PodCgroups cgroups, NodeFacts facts, TimeProvider time)
{
    public byte[] Render()
    {
        var now = time.GetUtcNow();
        var entries = Entries();
        var text = new StringBuilder();
        Metric(text, "cadvisor_version_info", "gauge", "Kernel and agent of this node.");
        text.Append(CultureInfo.InvariantCulture, $"cadvisor_version_info{{kernelVersion=\"{Escape(facts.Machine.KernelVersion)}\",osVersion=\"{Escape(facts.Machine.OsImage)}\"}} 1\n");
        Each("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.", d => d.CpuSeconds, "cpu=\"total\",");
        Each("container_cpu_user_seconds_total", "counter", "Cumulative user cpu time consumed in seconds.", d => d.UserSeconds);
        Each("container_cpu_system_seconds_total", "counter", "Cumulative system cpu time consumed in seconds.", d => d.SystemSeconds);
        Each("container_cpu_cfs_periods_total", "counter", "Number of elapsed enforcement period intervals.", d => d.Periods);
        Each("container_cpu_cfs_throttled_periods_total", "counter", "Number of throttled period intervals.", d => d.ThrottledPeriods);
        Each("container_cpu_cfs_throttled_seconds_total", "counter", "Total time duration the container has been throttled.", d => d.ThrottledSeconds);
        Each("container_memory_usage_bytes", "gauge", "Current memory usage in bytes, including all memory regardless of when it was accessed.", d => d.MemoryBytes);
        Each("container_memory_max_usage_bytes", "gauge", "Maximum memory usage recorded in bytes.", d => d.MemoryPeakBytes);
        Each("container_memory_working_set_bytes", "gauge", "Current working set in bytes.", d => d.WorkingSetBytes);
        Each("container_memory_cache", "gauge", "Number of bytes of page cache memory.", d => d.CacheBytes);
        Each("container_memory_rss", "gauge", "Size of RSS in bytes.", d => d.RssBytes);
        Each("container_memory_mapped_file", "gauge", "Size of memory mapped files in bytes.", d => d.MappedFileBytes);
        Each("container_memory_swap", "gauge", "Container swap usage in bytes.", d => d.SwapBytes);
        Each("container_memory_failcnt", "counter", "Number of memory usage hits limits.", d => d.MemoryFailures);
        Metric(text, "container_memory_failures_total", "counter", "Cumulative count of memory allocation failures.");
        foreach (var entry in entries)
        {
            Line("container_memory_failures_total", $"failure_type=\"pgfault\",scope=\"hierarchy\",{entry.Labels}", entry.Details.PageFaults);
            Line("container_memory_failures_total", $"failure_type=\"pgmajfault\",scope=\"hierarchy\",{entry.Labels}", entry.Details.MajorPageFaults);
        }

        Each("container_oom_events_total", "counter", "Count of out of memory events observed for the container.", d => d.OutOfMemoryKills);
        Each("container_threads", "gauge", "Number of threads running inside the container.", d => d.Tasks);
        foreach (var kind in (string[])["cpu", "memory", "io"])
        {
            if (entries.All(e => !e.Details.Pressure.ContainsKey(kind))) continue;
            Each($"container_pressure_{kind}_waiting_seconds_total", "counter", $"Total time duration tasks in the container have waited due to {kind} congestion.", d => d.Pressure.GetValueOrDefault(kind).Waiting);
            Each($"container_pressure_{kind}_stalled_seconds_total", "counter", $"Total time duration no tasks in the container could make progress due to {kind} congestion.", d => d.Pressure.GetValueOrDefault(kind).Stalled);
        }

        Metric(text, "container_spec_memory_limit_bytes", "gauge", "Memory limit for the container.");
        foreach (var entry in entries) Line("container_spec_memory_limit_bytes", entry.Labels, entry.Limits.MemoryMaxBytes ?? 0);
        Metric(text, "container_spec_cpu_period", "gauge", "CPU period of the container.");
        foreach (var entry in entries) Line("container_spec_cpu_period", entry.Labels, entry.Limits.CpuPeriodMicroseconds);
        Metric(text, "container_spec_cpu_quota", "gauge", "CPU quota of the container.");
        foreach (var entry in entries.Where(e => e.Limits.CpuQuotaMicroseconds is not null)) Line("container_spec_cpu_quota", entry.Labels, entry.Limits.CpuQuotaMicroseconds!.Value);
        Metric(text, "container_spec_cpu_shares", "gauge", "CPU share of the container.");
        foreach (var entry in entries.Where(e => e.Limits.CpuShares is not null)) Line("container_spec_cpu_shares", entry.Labels, entry.Limits.CpuShares!.Value);
        Metric(text, "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.");
        foreach (var entry in entries.Where(e => e.StartedAt is not null)) Line("container_start_time_seconds", entry.Labels, entry.StartedAt!.Value.ToUnixTimeMilliseconds() / 1e3);
        Metric(text, "container_last_seen", "gauge", "Last time a container was seen by the exporter.");
        foreach (var entry in entries) Line("container_last_seen", entry.Labels, now.ToUnixTimeSeconds());
        Network("receive_bytes", "bytes received", n => n.ReceivedBytes);
        Network("receive_packets", "packets received", n => n.ReceivedPackets);
        Network("receive_errors", "errors encountered while receiving", n => n.ReceiveErrors);
        Network("receive_packets_dropped", "packets dropped while receiving", n => n.ReceiveDropped);
        Network("transmit_bytes", "bytes transmitted", n => n.SentBytes);
        Network("transmit_packets", "packets transmitted", n => n.SentPackets);
        Network("transmit_errors", "errors encountered while transmitting", n => n.SendErrors);
        Network("transmit_packets_dropped", "packets dropped while transmitting", n => n.SendDropped);
        Metric(text, "machine_cpu_cores", "gauge", "Number of logical CPU cores.");
        Line("machine_cpu_cores", "", facts.Machine.CpuCount);
        Metric(text, "machine_memory_bytes", "gauge", "Amount of memory installed on the machine.");
        Line("machine_memory_bytes", "", facts.Machine.MemoryBytes);
        Metric(text, "machine_swap_bytes", "gauge", "Amount of swap memory available on the machine.");
        Line("machine_swap_bytes", "", facts.Machine.SwapBytes);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Each(string name, string type, string help, Func<CgroupDetails, double> value, string more = "")
        {
            Metric(text, name, type, help);
            foreach (var entry in entries) Line(name, more + entry.Labels, value(entry.Details));
        }

        void Network(string what, string help, Func<NetworkCounters, long> value)
        {
            var name = $"container_network_{what}_total";
            Metric(text, name, "counter", $"Cumulative count of {help}.");
            foreach (var entry in entries)
            {
                foreach (var counters in entry.Network) Line(name, $"interface=\"{counters.Interface}\",{entry.Labels}", value(counters));
            }
        }

        void Line(string name, string labels, double value) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value:R} {now.ToUnixTimeMilliseconds()}\n");
    }

    private sealed record Entry(string Labels, CgroupDetails Details, CgroupLimits Limits, DateTimeOffset? StartedAt, IReadOnlyList<NetworkCounters> Network);

    private List<Entry> Entries()
    {
        var entries = new List<Entry>();
        foreach (var worker in workers.All.Where(w => !w.HasEnded))
        {
            var meta = worker.Pod.Metadata;
            var cgroup = cgroups.Of(worker.Pod);
            if (!cgroup.Exists) continue;
            var observed = worker.Observed;
            // A pod in the host's network has no counters of its own.
            var pid = worker.Pod.Spec.HostNetwork ? 0 : cgroup.Processes().FirstOrDefault();
            entries.Add(new Entry(Labels(cgroup.CgroupPath, "", "", ""), cgroup.Details(), cgroup.Limits(), null, pid > 0 ? NetworkCounters.OfProcess(pid) : []));
            foreach (var running in observed.Running)
            {
                var own = cgroup.Child(running.Id);
                if (own.Exists) entries.Add(new Entry(Labels(own.CgroupPath, running.Name, running.Image, running.Id), own.Details(), own.Limits(), running.StartedAt, []));
            }

            string Labels(string path, string container, string image, string name) =>
                $"container=\"{container}\",id=\"{Escape(path)}\",image=\"{Escape(image)}\",name=\"{name}\",namespace=\"{meta.Namespace}\",pod=\"{meta.Name}\"";
        }

        return entries;
    }

    private static void Metric(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
