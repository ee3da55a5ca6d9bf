using Berth.Api.Resource.V1;
using Berth.Resources.Claims;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>For a scheduler without an evaluator of expressions: says so to whoever uses one.</summary>
internal sealed class NoDeviceSelectors : IDeviceSelectors
{
    public bool Matches(string expression, string driver, Device device) =>
        throw new DeviceSelectorException("selectors with CEL expressions cannot be evaluated by this scheduler");
}
