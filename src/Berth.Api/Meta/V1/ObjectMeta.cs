using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>What every stored object has: its names, its labels and what the server keeps about it.</summary>
public sealed partial record ObjectMeta
{
    /// <summary>
    /// Name of the object, unique among those of its kind in its namespace. Most kinds take a DNS name: lower-case letters, digits, dashes
    /// and dots, at most 253 characters. It cannot change.
    /// </summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>A prefix to which the server adds five random characters when no name is given; should that name be taken, it tries others.</summary>
    [Field(2)]
    public string GenerateName { get; init; } = "";

    /// <summary>Namespace of the object; empty for kinds that belong to the whole cluster. It cannot change.</summary>
    [Field(3)]
    public string Namespace { get; init; } = "";

    /// <summary>No longer set.</summary>
    [Field(4)]
    public string SelfLink { get; init; } = "";

    /// <summary>Tells the object from all others that ever were or will be, also from those of the same name. Set by the server.</summary>
    [Field(5)]
    public string Uid { get; init; } = "";

    /// <summary>
    /// Changes with each write of the object. Given in an update, the update succeeds only when nobody wrote in between, and is answered with
    /// a conflict (409) otherwise. Compare versions of one kind by number only where both come from the same cluster.
    /// </summary>
    [Field(6)]
    public string ResourceVersion { get; init; } = "";

    /// <summary>Grows by one with each change of what is wanted of the object; metadata and status do not count. Set by the server.</summary>
    [Field(7)]
    public long Generation { get; init; }

    /// <summary>CreationTimestamp is a timestamp that the server sets when it makes the object.</summary>
    [Field(8)]
    public Time? CreationTimestamp { get; init; }

    /// <summary>
    /// When the object is to be gone. Set by the server once somebody deletes an object that has finalizers or a grace period; from then on
    /// it can only come nearer. The object goes when its finalizers are empty and its time is over.
    /// </summary>
    [Field(9)]
    public Time? DeletionTimestamp { get; init; }

    /// <summary>Seconds that a deleted object has to end in good order; can only be shortened. Set together with deletionTimestamp.</summary>
    [Field(10)]
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>
    /// Names and values by which objects are chosen and grouped. A key is a name of at most 63 characters, with a DNS domain and a slash
    /// before it if need be; a value has at most 63 characters.
    /// </summary>
    [Field(11)]
    public ApiMap<string> Labels { get; init; } = [];

    /// <summary>Names and values that tools keep with the object; nobody selects by them. All of them together hold at most 256 KiB.</summary>
    [Field(12)]
    public ApiMap<string> Annotations { get; init; } = [];

    /// <summary>Objects that this one belongs to; when all of them are gone, it is deleted too. At most one may be its controller.</summary>
    [Field(13), ListMap("uid"), PatchStrategy("merge", "uid")]
    public ApiList<OwnerReference> OwnerReferences { get; init; } = [];

    /// <summary>
    /// Work that has to be done before a deleted object goes: each entry is the name of who does it, and takes its entry away when done. The
    /// object stays until the list is empty.
    /// </summary>
    [Field(14), ListSet, PatchStrategy("merge")]
    public ApiList<string> Finalizers { get; init; } = [];

    /// <summary>Who has set which fields, for server-side apply. Kept by the server.</summary>
    [Field(17)]
    public ApiList<ManagedFieldsEntry> ManagedFields { get; init; } = [];
}
