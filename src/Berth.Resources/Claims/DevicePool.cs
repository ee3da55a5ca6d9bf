using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>The devices of one pool at its newest generation.</summary>
/// <param name="Problem">Why nothing of it can be given: slices are missing, or contradict each other. Null when all is well.</param>
/// <param name="Updating">The problem is that its driver is still writing: it passes.</param>
public sealed record DevicePool(string Driver, string Name, string? Problem, bool Updating)
{
    /// <summary>In the order in which they are given: as the driver listed them, slices by name.</summary>
    public IReadOnlyList<PooledDevice> Devices { get; init; } = [];

    /// <summary>What the pool's partitionable devices share, by the name of the set.</summary>
    public IReadOnlyDictionary<string, ApiMap<Counter>> CounterSets { get; init; } = new Dictionary<string, ApiMap<Counter>>();

    /// <summary>Where any slice of the pool may be used from; asked for pools that have a problem, whose devices are not known.</summary>
    public IReadOnlyList<NodeReach> Reaches { get; init; } = [];

    /// <summary>Devices whose driver wants a say before the pod is bound are taken last.</summary>
    public bool HasBindingConditions => Devices.Any(d => !d.Spec.BindingConditions.IsEmpty);

    /// <param name="slices">All slices of the driver's pool, of whatever generation.</param>
    public static DevicePool Of(string driver, string name, IEnumerable<ResourceSlice> slices)
    {
        var all = slices.ToList();
        var newest = all.Max(s => s.Spec.Pool.Generation);
        var current = all.Where(s => s.Spec.Pool.Generation == newest).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToList();
        var expected = current.Max(s => s.Spec.Pool.ResourceSliceCount);
        var devices = new List<PooledDevice>();
        var sets = new Dictionary<string, ApiMap<Counter>>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? invalid = null;
        foreach (var slice in current)
        {
            foreach (var set in slice.Spec.SharedCounters)
            {
                if (!sets.TryAdd(set.Name, set.Counters))
                    invalid ??= $"duplicate counter set name {set.Name}";
            }

            var reach = new NodeReach { NodeName = slice.Spec.NodeName ?? "", Selector = slice.Spec.NodeSelector, AllNodes = slice.Spec.AllNodes == true };
            foreach (var device in slice.Spec.Devices)
            {
                if (!names.Add(device.Name))
                    invalid ??= $"duplicate device name {device.Name}";
                devices.Add(new PooledDevice(new DeviceId(driver, name, device.Name), device, slice.Spec.PerDeviceNodeSelection == true ? ReachOf(device) : reach));
            }
        }

        invalid ??= devices.Select(d => BadConsumption(d.Spec, sets)).FirstOrDefault(p => p is not null);
        var reaches = devices.Select(d => d.Reach).Distinct().ToList();
        if (current.Count < expected)
            return new DevicePool(driver, name, "currently being updated", Updating: true) { Reaches = reaches };
        if (invalid is not null)
            return new DevicePool(driver, name, $"currently invalid: {invalid}", Updating: false) { Reaches = reaches };
        return new DevicePool(driver, name, null, Updating: false) { Devices = devices, CounterSets = sets, Reaches = reaches };
    }

    private static NodeReach ReachOf(Device device) => new() { NodeName = device.NodeName ?? "", Selector = device.NodeSelector, AllNodes = device.AllNodes == true };

    private static string? BadConsumption(Device device, Dictionary<string, ApiMap<Counter>> sets)
    {
        foreach (var consumption in device.ConsumesCounters)
        {
            if (!sets.TryGetValue(consumption.CounterSet, out var counters))
                return $"device {device.Name} consumes counters of the set {consumption.CounterSet}, which is not in the pool";
            if (consumption.Counters.Keys.FirstOrDefault(c => !counters.ContainsKey(c)) is { } missing)
                return $"device {device.Name} consumes the counter {missing}, which the set {consumption.CounterSet} has not";
        }

        return null;
    }
}
