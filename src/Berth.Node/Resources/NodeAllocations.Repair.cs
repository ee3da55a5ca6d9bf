using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Resources;

/// <summary>What changes under running pods: CPUs that go offline and come back, devices that a plugin chose otherwise.</summary>
public sealed partial class NodeAllocations
{
    // Guarded by the gate: by pod, CPUs that it lost and that nothing could replace.
    private readonly Dictionary<string, CpuSet> _short = new(StringComparer.Ordinal);

    /// <summary>A pod by its uid; null for one that is not known (yet).</summary>
    public Func<string, Pod?> PodOf { get; init; } = static _ => null;

    /// <summary>Called once for each loss, with the CPUs that the pod lost and what it holds instead; null where nothing could replace them.</summary>
    public Action<Pod, CpuSet, PodAllocation?>? LostCpus { get; set; }

    /// <summary>Uids of pods that run on fewer CPUs than they hold.</summary>
    public IReadOnlyList<string> Short
    {
        get
        {
            lock (_gate)
                return [.. _short.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The node is made of something else from now on. Containers follow in the next round.</summary>
    public void Reshape(NodeShape shape)
    {
        _shape = shape;
        Signal();
    }

    /// <summary>A plugin preferred other devices than the allocator, of those that were as good.</summary>
    public void TookDevices(string podUid, string container, string resource, IReadOnlyList<string> ids)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(podUid, out var held) || held.Find(container) is not { } got)
                return;
            var prefix = resource + "=";
            bool OfOther(string key) => !key.StartsWith(prefix, StringComparison.Ordinal);
            var devices = got.Devices.Where(OfOther).Concat(ids.Select(id => prefix + id)).Order(StringComparer.Ordinal).ToApiList();
            if (devices == got.Devices)
                return;
            var containers = held.Containers.Select(c => c.Name == container ? c with { Devices = devices } : c).ToApiList();
            var after = held with
            {
                Containers = containers,
                Devices = held.Devices.Except(got.Devices).Where(d => containers.All(c => !c.Devices.Contains(d))).Concat(containers.SelectMany(c => c.Devices)).Distinct().Order(StringComparer.Ordinal).ToApiList(),
            };
            _checkpoint.Write([.. _held.Values.Where(h => h.PodUid != podUid), after]);
            _held[podUid] = after;
        }

        Signal();
    }

    private void Repair()
    {
        foreach (var held in Held)
        {
            var lost = AllocationRepair.Lost(Shape, held);
            if (lost.IsEmpty)
            {
                lock (_gate) _short.Remove(held.PodUid);
                continue;
            }

            if (PodOf(held.PodUid) is not { } pod)
                continue;
            PodAllocation? instead;
            lock (_gate)
            {
                // Released, or told another choice meanwhile: the next round looks again.
                if (!_held.TryGetValue(held.PodUid, out var now) || now != held)
                    continue;
                instead = AllocationRepair.Replace(Shape, _held.Values, PodNeeds.Of(pod, Shape.Policy, Shape.DeviceResources), held);
                if (instead is not null)
                {
                    _checkpoint.Write([.. _held.Values.Where(h => h.PodUid != held.PodUid), instead]);
                    _held[held.PodUid] = instead;
                    _short.Remove(held.PodUid);
                }
                else
                {
                    if (_short.TryGetValue(held.PodUid, out var told) && told == lost)
                        continue;
                    _short[held.PodUid] = lost;
                }
            }

            LogCpusGone(_log, held.PodUid, lost.ToString(), instead?.Cpus.ToString() ?? "none");
            LostCpus?.Invoke(pod, lost, instead);
            Changed?.Invoke();
        }
    }

    private PodAllocation AsSeen(PodAllocation told, string container, string containerId)
    {
        if (told.Find(container) is not { OwnCpus: true } got || _actual(told.PodUid, containerId) is not { } actual
            || !CpuSet.TryParse(actual.Cpus, out var cpus) || cpus == got.Cpus || cpus.Count != got.Cpus.Count)
            return told;
        return told with
        {
            Cpus = (told.Cpus - got.Cpus) | cpus,
            Containers = told.Containers.Select(c => c.Name == container ? c with { Cpus = cpus } : c).ToApiList(),
        };
    }

    [LoggerMessage(5402, LogLevel.Warning, "CPUs of pod {Uid} are gone from the machine: {Cpus}; it gets {Instead}")]
    private static partial void LogCpusGone(ILogger log, string uid, string cpus, string instead);
}
