using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ApplyConfiguration
{
    [Field(1)]
    public string Expression { get; init; } = "";
}
