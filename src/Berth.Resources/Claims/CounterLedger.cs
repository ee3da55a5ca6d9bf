using Berth.Api;

namespace Berth.Resources.Claims;

/// <summary>What is left of the counters that partitionable devices share.</summary>
internal sealed class CounterLedger
{
    private readonly DeviceCatalog _catalog;
    private readonly Dictionary<(string Driver, string Pool, string Set, string Counter), Quantity> _used = [];

    public CounterLedger(DeviceCatalog catalog, DevicesInUse used)
    {
        _catalog = catalog;
        foreach (var id in used.All)
        {
            // A device that its driver has withdrawn uses nothing that is known.
            if (catalog.Device(id) is { } device)
                Change(device, take: true);
        }
    }

    /// <summary>The counter that has too little left for the device; null when it was taken.</summary>
    public string? TryTake(PooledDevice device)
    {
        if (device.Spec.ConsumesCounters.IsEmpty)
            return null;
        var sets = _catalog.Pool(device.Id.Driver, device.Id.Pool)!.CounterSets;
        foreach (var consumption in device.Spec.ConsumesCounters)
        {
            foreach (var (name, counter) in consumption.Counters)
            {
                var used = _used.GetValueOrDefault((device.Id.Driver, device.Id.Pool, consumption.CounterSet, name));
                if (used + counter.Value > sets[consumption.CounterSet][name].Value)
                    return $"{consumption.CounterSet}/{name}";
            }
        }

        Change(device, take: true);
        return null;
    }

    public void Return(PooledDevice device) => Change(device, take: false);

    private void Change(PooledDevice device, bool take)
    {
        foreach (var consumption in device.Spec.ConsumesCounters)
        {
            foreach (var (name, counter) in consumption.Counters)
            {
                var key = (device.Id.Driver, device.Id.Pool, consumption.CounterSet, name);
                var used = _used.GetValueOrDefault(key);
                _used[key] = take ? used + counter.Value : used - counter.Value;
            }
        }
    }
}
