using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>What allocated claims have of the devices. Not thread-safe while it is filled.</summary>
public sealed class DevicesInUse
{
    private readonly HashSet<DeviceId> _whole = [];
    private readonly Dictionary<DeviceId, Dictionary<string, Quantity>> _shares = [];

    /// <summary>Devices that one claim has for itself, and those of which some have a share.</summary>
    public IEnumerable<DeviceId> All => _whole.Concat(_shares.Keys);

    public void Add(AllocationResult allocation)
    {
        foreach (var result in allocation.Devices.Results)
        {
            // Watching a device takes nothing of it.
            if (result.AdminAccess == true)
                continue;
            var id = DeviceId.Of(result);
            if (result.ShareID is null)
            {
                _whole.Add(id);
                continue;
            }

            if (!_shares.TryGetValue(id, out var used))
                _shares.Add(id, used = new(StringComparer.Ordinal));
            foreach (var (name, amount) in result.ConsumedCapacity)
                used[name] = used.GetValueOrDefault(name) + amount;
        }
    }

    public bool IsTaken(DeviceId id) => _whole.Contains(id);

    public bool HasShares(DeviceId id) => _shares.ContainsKey(id);

    public Quantity Consumed(DeviceId id, string capacity) =>
        _shares.TryGetValue(id, out var used) ? used.GetValueOrDefault(capacity) : Quantity.Zero;
}
