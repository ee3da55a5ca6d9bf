using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceSelector
{
    [Field(1)]
    public CELDeviceSelector? Cel { get; init; }
}
