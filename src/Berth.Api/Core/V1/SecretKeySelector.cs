using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One key of a Secret.</summary>
[Atomic]
public sealed partial record SecretKeySelector
{
    /// <summary>Name of the Secret, in the namespace of the pod.</summary>
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    /// <summary>The key.</summary>
    [Field(2, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>True: the container starts also where Secret or key are missing.</summary>
    [Field(3)]
    public bool? Optional { get; init; }
}
