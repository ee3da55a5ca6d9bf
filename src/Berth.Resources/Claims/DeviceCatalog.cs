using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>All pools of the cluster as its slices tell of them. Immutable.</summary>
public sealed class DeviceCatalog
{
    private readonly Dictionary<string, List<PooledDevice>> _ofNode = new(StringComparer.Ordinal);
    private readonly List<PooledDevice> _elsewhere = [];
    private readonly Dictionary<(string Driver, string Pool), DevicePool> _pools;
    private readonly Dictionary<DeviceId, PooledDevice> _devices = [];
    private readonly Dictionary<DeviceId, int> _order = [];

    public DeviceCatalog(IEnumerable<ResourceSlice> slices)
    {
        var pools = slices.GroupBy(s => (s.Spec.Driver, s.Spec.Pool.Name))
            .Select(g => DevicePool.Of(g.Key.Driver, g.Key.Name, g))
            .OrderBy(p => p.HasBindingConditions)
            .ThenBy(p => p.Driver, StringComparer.Ordinal)
            .ThenBy(p => p.Name, StringComparer.Ordinal)
            .ToList();
        Pools = pools;
        _pools = pools.ToDictionary(p => (p.Driver, p.Name));
        var order = 0;
        foreach (var device in pools.SelectMany(p => p.Devices))
        {
            _devices[device.Id] = device;
            _order[device.Id] = order++;
            if (device.Reach.NodeName.Length == 0)
                _elsewhere.Add(device);
            else if (_ofNode.TryGetValue(device.Reach.NodeName, out var list))
                list.Add(device);
            else
                _ofNode.Add(device.Reach.NodeName, [device]);
        }
    }

    public static DeviceCatalog Empty { get; } = new([]);

    public IReadOnlyList<DevicePool> Pools { get; }

    public DevicePool? Pool(string driver, string name) => _pools.GetValueOrDefault((driver, name));

    public PooledDevice? Device(DeviceId id) => _devices.GetValueOrDefault(id);

    /// <summary>Devices that can be used from the node, in the order of their pools.</summary>
    /// <exception cref="FormatException">A selector is malformed.</exception>
    public IReadOnlyList<PooledDevice> Of(Node node)
    {
        IEnumerable<PooledDevice> own = _ofNode.TryGetValue(node.Metadata.Name, out var list) ? list : [];
        var others = _elsewhere.Where(d => d.Reach.Includes(node)).ToList();
        return others.Count == 0 ? [.. own] : [.. own.Concat(others).OrderBy(d => _order[d.Id])];
    }

    /// <summary>Pools with devices for the node that cannot be given now.</summary>
    public IEnumerable<DevicePool> BrokenOf(Node node) => Pools.Where(p => p.Problem is not null && p.Reaches.Any(r => r.Includes(node)));
}
