using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A choice of devices by an expression.</summary>
public sealed partial record CELDeviceSelector
{
    /// <summary>
    /// Expression in CEL that gives true or false. It knows device.driver, device.attributes["DOMAIN"].NAME, device.capacity["DOMAIN"].NAME
    /// and device.allowMultipleAllocations.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public string Expression { get; init; } = "";
}
