using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record CELDeviceSelector
{
    [Field(1, Always = true, Required = true)]
    public string Expression { get; init; } = "";
}
