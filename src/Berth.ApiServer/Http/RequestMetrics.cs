using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Berth.ApiServer.Audit;
using Berth.ApiServer.FlowControl;

namespace Berth.ApiServer.Http;

/// <summary>Counts requests under the names that dashboards for Kubernetes know, and writes them as Prometheus reads them.</summary>
public sealed class RequestMetrics(FlowGate gate, AuditCounts audit)
{
    // Seconds; kube-apiserver's buckets.
    private static readonly double[] s_buckets =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    // Each definition of a custom resource brings series of its own, and a cluster that makes and deletes many would keep them for
    // ever. Those go that were not used for the longest time; to who scrapes it looks like a restart of that series.
    private const int CountersMax = 2000;
    private const int HistogramsMax = 250;

    private readonly Lock _trimming = new();
    private long _requests;
    private readonly ConcurrentDictionary<(string Verb, string Group, string Version, string Resource, string Subresource, string Scope, int Code), StrongCount> _total = new();
    private readonly ConcurrentDictionary<(string Verb, string Group, string Version, string Resource, string Subresource, string Scope), Histogram> _durations = new();

    internal void Finished(RequestInfo info, int code, TimeSpan took)
    {
        var verb = info.IsResource ? Shown(info.Verb) : info.Verb.ToUpperInvariant();
        // A path that nobody serves must not make a series of its own.
        var resource = code is 404 or 405 && info.Name.Length == 0 ? "" : info.Resource;
        var scope = !info.IsResource ? "" : info.Name.Length > 0 ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster";
        var (group, version, subresource) = resource.Length == 0 ? ("", "", "") : (info.Group, info.Version, info.Subresource);
        var now = Interlocked.Increment(ref _requests);
        var total = _total.GetOrAdd((verb, group, version, resource, subresource, scope, code), static _ => new StrongCount());
        Interlocked.Increment(ref total.Value);
        total.Used = now;
        if (!info.IsLongRunning)
        {
            var durations = _durations.GetOrAdd((verb, group, version, resource, subresource, scope), static _ => new Histogram());
            durations.Add(took.TotalSeconds);
            durations.Used = now;
        }

        if (_durations.Count > HistogramsMax || _total.Count > CountersMax)
            Trim();
    }

    public string Render()
    {
        var text = new StringBuilder(16 * 1024);
        Head("apiserver_request_total", "counter", "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.");
        foreach (var (key, count) in _total.OrderBy(p => p.Key))
        {
            text.Append("apiserver_request_total{code=\"").Append(key.Code).Append("\",component=\"apiserver\",dry_run=\"\",");
            Labels(key.Verb, key.Group, key.Version, key.Resource, key.Subresource, key.Scope);
            text.Append("} ").Append(Interlocked.Read(ref count.Value)).Append('\n');
        }

        Head("apiserver_request_duration_seconds", "histogram", "Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.");
        foreach (var (key, histogram) in _durations.OrderBy(p => p.Key))
        {
            var (counts, sum) = histogram.Read();
            long total = 0;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                text.Append("apiserver_request_duration_seconds_bucket{component=\"apiserver\",dry_run=\"\",");
                Labels(key.Verb, key.Group, key.Version, key.Resource, key.Subresource, key.Scope);
                text.Append(",le=\"").Append(i < s_buckets.Length ? s_buckets[i].ToString(CultureInfo.InvariantCulture) : "+Inf").Append("\"} ").Append(total).Append('\n');
            }

            foreach (var (suffix, value) in new[] { ("sum", sum.ToString(CultureInfo.InvariantCulture)), ("count", total.ToString(CultureInfo.InvariantCulture)) })
            {
                text.Append("apiserver_request_duration_seconds_").Append(suffix).Append("{component=\"apiserver\",dry_run=\"\",");
                Labels(key.Verb, key.Group, key.Version, key.Resource, key.Subresource, key.Scope);
                text.Append("} ").Append(value).Append('\n');
            }
        }

        Head("apiserver_current_inflight_requests", "gauge", "Maximal number of currently used inflight request limit of this apiserver per request kind in last second.");
        text.Append("apiserver_current_inflight_requests{request_kind=\"mutating\"} ").Append(gate.Writes).Append('\n');
        text.Append("apiserver_current_inflight_requests{request_kind=\"readOnly\"} ").Append(gate.Reads).Append('\n');
        FlowMetrics.Render(text, gate.Pool);
        audit.Render(text);
        Head("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        text.Append("process_resident_memory_bytes ").Append(Environment.WorkingSet).Append('\n');
        // Live objects, what the collector holds in all, and how often it ran: tells a leak from a heap that is only wide.
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        Head("dotnet_gc_heap_size_bytes", "gauge", "Heap size after the last garbage collection in bytes.");
        text.Append("dotnet_gc_heap_size_bytes ").Append(memory.HeapSizeBytes).Append('\n');
        Head("dotnet_gc_fragmented_bytes", "gauge", "Free space between objects after the last garbage collection in bytes.");
        text.Append("dotnet_gc_fragmented_bytes ").Append(memory.FragmentedBytes).Append('\n');
        Head("dotnet_gc_committed_bytes", "gauge", "Memory that the garbage collector has committed in bytes.");
        text.Append("dotnet_gc_committed_bytes ").Append(memory.TotalCommittedBytes).Append('\n');
        Head("dotnet_gc_collections_total", "counter", "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            text.Append("dotnet_gc_collections_total{generation=\"").Append(generation).Append("\"} ").Append(GC.CollectionCount(generation)).Append('\n');
        Head("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated since the start.");
        text.Append("dotnet_gc_allocated_bytes_total ").Append(GC.GetTotalAllocatedBytes()).Append('\n');
        return text.ToString();

        void Head(string name, string type, string help) =>
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

        void Labels(string verb, string group, string version, string resource, string subresource, string scope) =>
            text.Append("group=\"").Append(group).Append("\",resource=\"").Append(resource).Append("\",scope=\"").Append(scope)
                .Append("\",subresource=\"").Append(subresource).Append("\",verb=\"").Append(verb).Append("\",version=\"").Append(version).Append('"');
    }

    private void Trim()
    {
        lock (_trimming)
        {
            Oldest(_durations, HistogramsMax, h => h.Used);
            Oldest(_total, CountersMax, c => c.Used);
        }

        // A tenth more than needed, so that this is done rarely.
        static void Oldest<TKey, TValue>(ConcurrentDictionary<TKey, TValue> series, int max, Func<TValue, long> used)
            where TKey : notnull
        {
            if (series.Count <= max)
                return;
            foreach (var (key, _) in series.OrderBy(s => used(s.Value)).Take(series.Count - max + (max / 10)).ToList())
                series.TryRemove(key, out _);
        }
    }

    private static string Shown(string verb) => verb switch
    {
        "create" => "POST",
        "update" => "PUT",
        "deletecollection" => "DELETECOLLECTION",
        _ => verb.ToUpperInvariant(),
    };

    private sealed class StrongCount
    {
        public long Value;

        public long Used;
    }

    private sealed class Histogram
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[s_buckets.Length + 1];
        private double _sum;

        public long Used;

        public void Add(double seconds)
        {
            var at = Array.BinarySearch(s_buckets, seconds);
            lock (_lock)
            {
                _counts[at < 0 ? ~at : at]++;
                _sum += seconds;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_lock)
                return ([.. _counts], _sum);
        }
    }
}
