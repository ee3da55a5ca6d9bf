using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceRequest
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public ExactDeviceRequest? Exactly { get; init; }

    [Field(3)]
    public ApiList<DeviceSubRequest> FirstAvailable { get; init; } = [];
}
