using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Node.Devices.Drivers;

/// <summary>All that a driver found at one look.</summary>
public sealed record FoundDevices(ApiList<FoundDevice> Devices)
{
    public static FoundDevices None { get; } = new(ApiList<FoundDevice>.Empty);

    public ApiList<CounterSet> Counters { get; init; } = [];

    /// <summary>What a container gets that has any of the devices.</summary>
    public CdiEdits Edits { get; init; } = CdiEdits.None;
}
