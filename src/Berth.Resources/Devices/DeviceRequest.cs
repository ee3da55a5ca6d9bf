using Berth.Api;

namespace Berth.Resources.Devices;

/// <summary>Devices of one resource that a container asks for.</summary>
public sealed record DeviceRequest
{
    public required string Resource { get; init; }

    public required int Count { get; init; }

    /// <summary>Values that each device's attributes must have.</summary>
    public ApiMap<string> Attributes { get; init; } = [];

    /// <summary>Least amounts that each device must have.</summary>
    public ApiMap<long> CapacityMin { get; init; } = [];

    public bool Matches(Device device)
    {
        if (!device.Healthy || device.Resource != Resource)
            return false;
        foreach (var (name, value) in Attributes.AsSpan())
        {
            if (!device.Attributes.TryGetValue(name, out var has) || has != value)
                return false;
        }

        foreach (var (name, least) in CapacityMin.AsSpan())
        {
            if (device.Capacity.GetOr(name) < least)
                return false;
        }

        return true;
    }
}
