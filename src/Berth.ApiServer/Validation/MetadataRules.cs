using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Validation;

/// <summary>Rules of <c>metadata</c>, the same for all kinds.</summary>
public static class MetadataRules
{
    private const int AnnotationsMaxBytes = 256 * 1024;

    public static void Validate(FieldErrors errors, FieldPath path, ObjectMeta metadata, bool namespaced, NameRule rule)
    {
        if (metadata.GenerateName.Length > 0)
            errors.Invalid(path["generateName"], metadata.GenerateName, Name(rule, MaskTrailingDash(metadata.GenerateName)));
        if (metadata.Name.Length == 0)
            errors.Required(path["name"], "name or generateName is required");
        else
            errors.Invalid(path["name"], metadata.Name, Name(rule, metadata.Name));
        if (!namespaced && metadata.Namespace.Length > 0)
            errors.Forbidden(path["namespace"], "not allowed on this type");
        else if (namespaced && metadata.Namespace.Length == 0)
            errors.Required(path["namespace"]);
        else if (namespaced)
            errors.Invalid(path["namespace"], metadata.Namespace, NameSyntax.DnsLabel(metadata.Namespace));
        BasicRules.NonNegative(errors, path["generation"], metadata.Generation);
        LabelsAndOwners(errors, path, metadata);
        Finalizers(errors, path["finalizers"], metadata.Finalizers);
    }

    public static void ValidateUpdate(FieldErrors errors, FieldPath path, ObjectMeta metadata, ObjectMeta old)
    {
        if (old.DeletionTimestamp is not null)
        {
            var added = metadata.Finalizers.Except(old.Finalizers).Order(StringComparer.Ordinal).ToList();
            if (added.Count > 0)
                errors.Forbidden(path["finalizers"], $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}");
        }

        if (metadata.ResourceVersion.Length == 0)
            errors.Invalid(path["resourceVersion"], "", "must be specified for an update");
        if (metadata.Generation < old.Generation)
            errors.Invalid(path["generation"], metadata.Generation, "must not be decremented");
        BasicRules.Unchanged(errors, path["name"], metadata.Name, old.Name);
        BasicRules.Unchanged(errors, path["namespace"], metadata.Namespace, old.Namespace);
        BasicRules.Unchanged(errors, path["uid"], metadata.Uid, old.Uid);
        BasicRules.Unchanged(errors, path["creationTimestamp"], metadata.CreationTimestamp, old.CreationTimestamp);
        BasicRules.Unchanged(errors, path["deletionTimestamp"], metadata.DeletionTimestamp, old.DeletionTimestamp);
        BasicRules.Unchanged(errors, path["deletionGracePeriodSeconds"], metadata.DeletionGracePeriodSeconds, old.DeletionGracePeriodSeconds);
        LabelsAndOwners(errors, path, metadata);
    }

    /// <summary>The parts that embedded metadata (templates) have too.</summary>
    public static void LabelsAndAnnotations(FieldErrors errors, FieldPath path, ObjectMeta metadata)
    {
        Labels(errors, path["labels"], metadata.Labels);
        Annotations(errors, path["annotations"], metadata.Annotations);
    }

    public static void Labels(FieldErrors errors, FieldPath path, ApiMap<string> labels)
    {
        foreach (var (key, value) in labels.AsSpan())
        {
            errors.Invalid(path, key, NameSyntax.QualifiedName(key));
            errors.Invalid(path, value, NameSyntax.LabelValue(value));
        }
    }

    public static void Annotations(FieldErrors errors, FieldPath path, ApiMap<string> annotations)
    {
        long bytes = 0;
        foreach (var (key, value) in annotations.AsSpan())
        {
            bytes += System.Text.Encoding.UTF8.GetByteCount(key) + System.Text.Encoding.UTF8.GetByteCount(value);
            errors.Invalid(path, key, NameSyntax.QualifiedName(key.ToLowerInvariant()));
        }

        if (bytes > AnnotationsMaxBytes)
            errors.TooLong(path, AnnotationsMaxBytes);
    }

    public static string[] Name(NameRule rule, string name) => rule switch
    {
        NameRule.DnsLabel => NameSyntax.DnsLabel(name),
        NameRule.Dns1035Label => NameSyntax.Dns1035Label(name),
        NameRule.PathSegment => NameSyntax.PathSegment(name),
        _ => NameSyntax.DnsSubdomain(name),
    };

    private static void LabelsAndOwners(FieldErrors errors, FieldPath path, ObjectMeta metadata)
    {
        LabelsAndAnnotations(errors, path, metadata);
        Owners(errors, path["ownerReferences"], metadata.OwnerReferences);
    }

    // The generated suffix follows, so a dash at the end of what is given is in the middle of the name.
    private static string MaskTrailingDash(string name) => name.Length > 1 && name[^1] == '-' ? name[..^1] + "a" : name;

    private static void Owners(FieldErrors errors, FieldPath path, ApiList<OwnerReference> owners)
    {
        OwnerReference? controller = null;
        foreach (var owner in owners)
        {
            if (owner.ApiVersion.Length == 0 || owner.ApiVersion.EndsWith('/'))
                errors.Invalid(path["apiVersion"], owner.ApiVersion, "version must not be empty");
            if (owner.Kind.Length == 0)
                errors.Invalid(path["kind"], owner.Kind, "must not be empty");
            if (owner.Name.Length == 0)
                errors.Invalid(path["name"], owner.Name, "must not be empty");
            if (owner.Uid.Length == 0)
                errors.Invalid(path["uid"], owner.Uid, "must not be empty");
            if (owner is { ApiVersion: "v1", Kind: "Event" })
                errors.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner");
            if (owner.Controller != true)
                continue;
            if (controller is not null)
                errors.Invalid(path, owners, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller.Kind}/{controller.Name} and {owner.Kind}/{owner.Name}");
            else
                controller = owner;
        }
    }

    private static void Finalizers(FieldErrors errors, FieldPath path, ApiList<string> finalizers)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            errors.Invalid(path, finalizers[i], NameSyntax.QualifiedName(finalizers[i]));
            if (!finalizers[i].Contains('/', StringComparison.Ordinal) && finalizers[i] is not ("kubernetes" or "orphan" or "foregroundDeletion"))
                errors.Invalid(path[i], (object)finalizers[i], "name is neither a standard finalizer name nor is it fully qualified");
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
            errors.Invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }
}
