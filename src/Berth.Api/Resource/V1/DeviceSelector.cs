using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A choice of devices.</summary>
public sealed partial record DeviceSelector
{
    /// <summary>By an expression.</summary>
    [Field(1)]
    public CELDeviceSelector? Cel { get; init; }
}
