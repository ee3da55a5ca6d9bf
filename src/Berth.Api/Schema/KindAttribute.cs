namespace Berth.Api.Schema;

/// <summary>Marks an API type that travels with <c>apiVersion</c> and <c>kind</c>.</summary>
/// <param name="group">API group; empty for the core group.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string group, string version, string kind) : Attribute
{
    public string Group { get; } = group;

    public string Version { get; } = version;

    public string Kind { get; } = kind;
}

/// <summary>Marks a kind that is served as a collection of its own, with the facts that discovery publishes.</summary>
/// <param name="plural">Name in paths, such as <c>pods</c>.</param>
/// <param name="singular">Name that kubectl accepts for one, such as <c>pod</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceAttribute(string plural, string singular) : Attribute
{
    public string Plural { get; } = plural;

    public string Singular { get; } = singular;

    /// <summary>False for cluster-scoped kinds.</summary>
    public bool Namespaced { get; init; } = true;

    /// <summary>Names separated by commas.</summary>
    public string ShortNames { get; init; } = "";

    /// <summary>Names separated by commas.</summary>
    public string Categories { get; init; } = "";

    /// <summary>Verbs separated by commas.</summary>
    public string Verbs { get; init; } = "create,delete,deletecollection,get,list,patch,update,watch";

    /// <summary>
    /// Subresources separated by semicolons, each <c>name:verbs</c> or <c>name=group/version/Kind:verbs</c> where the
    /// kind that travels is not this one.
    /// </summary>
    public string Subresources { get; init; } = "";
}
