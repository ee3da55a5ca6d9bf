using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Berth.Api.Resource.V1;
using Berth.Cel;
using Berth.Cel.Devices;
using Berth.Resources.Claims;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>Evaluates the selectors of device classes and claims. Each expression is compiled once, and each device adapted once. Safe for all threads.</summary>
public sealed class CelDeviceSelectors : IDeviceSelectors
{
    // Classes and claims of a cluster repeat few expressions. Beyond these it starts anew rather than grow with what users invent.
    private const int CompiledMax = 1000;

    private readonly ConcurrentDictionary<string, DeviceSelectorExpression> _compiled = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Device, SelectableDevice> _devices = [];

    /// <param name="driver">Of the device's slice: one and the same whenever the device is asked about.</param>
    public bool Matches(string expression, string driver, Device device)
    {
        if (_compiled.Count >= CompiledMax)
            _compiled.Clear();
        var selector = _compiled.GetOrAdd(expression, DeviceSelectorExpression.Compile);
        var seen = _devices.GetValue(device, d => new SelectableDevice(driver, d.AllowMultipleAllocations == true, d.Attributes, d.Capacity));
        try
        {
            return selector.Matches(seen);
        }
        catch (CelEvaluationException error)
        {
            throw new DeviceSelectorException($"selector {expression}: {error.Message}", error);
        }
    }
}
