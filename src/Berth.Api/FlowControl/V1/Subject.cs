using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Who asks. kind says which field is set.</summary>
public sealed partial record Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>A user.</summary>
    [Field(2)]
    public UserSubject? User { get; init; }

    /// <summary>A group.</summary>
    [Field(3)]
    public GroupSubject? Group { get; init; }

    /// <summary>A ServiceAccount.</summary>
    [Field(4)]
    public ServiceAccountSubject? ServiceAccount { get; init; }
}
