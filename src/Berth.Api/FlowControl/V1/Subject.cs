using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record Subject
{
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(2)]
    public UserSubject? User { get; init; }

    [Field(3)]
    public GroupSubject? Group { get; init; }

    [Field(4)]
    public ServiceAccountSubject? ServiceAccount { get; init; }
}
