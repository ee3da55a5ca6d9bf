using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>An object that another one belongs to. Both are in one namespace, or the owner belongs to the whole cluster.</summary>
[Atomic]
public sealed partial record OwnerReference
{
    /// <summary>Kind of the owner.</summary>
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Name of the owner.</summary>
    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Uid of the owner: an owner made anew under the same name is another one.</summary>
    [Field(4, Always = true, Required = true)]
    public string Uid { get; init; } = "";

    /// <summary>Version of the API of the owner.</summary>
    [Field(5, Always = true, Required = true)]
    public string ApiVersion { get; init; } = "";

    /// <summary>True for the one owner that manages the object.</summary>
    [Field(6)]
    public bool? Controller { get; init; }

    /// <summary>
    /// True when an owner that is deleted in the foreground has to wait until this object is gone. Setting it needs the right to update the
    /// owner's finalizers.
    /// </summary>
    [Field(7)]
    public bool? BlockOwnerDeletion { get; init; }
}
