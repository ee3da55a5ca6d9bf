using System.Text;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Registry;

/// <summary>What holds for the metadata of every kind.</summary>
internal static class MetadataRules
{
    private const int AnnotationBytesMax = 256 * 1024;

    private const string SubdomainProblem =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelProblem =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Label1035Problem =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedProblem =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueProblem =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static void Validate(ObjectMeta metadata, KindInfo kind, NameRule rule, FieldErrors errors)
    {
        if (metadata.GenerateName.Length > 0 && NameProblem(metadata.GenerateName.TrimEnd('-') is { Length: > 0 } stem ? stem : "x", rule) is { } generateProblem)
            errors.Invalid("metadata.generateName", metadata.GenerateName, generateProblem);
        if (metadata.Name.Length == 0)
            errors.Required("metadata.name", "name or generateName is required");
        else if (NameProblem(metadata.Name, rule) is { } problem)
            errors.Invalid("metadata.name", metadata.Name, problem);
        if (kind.Namespaced && metadata.Namespace.Length == 0)
            errors.Required("metadata.namespace");
        ValidateMaps(metadata, errors);
    }

    public static void ValidateUpdate(ObjectMeta metadata, ObjectMeta old, KindInfo kind, FieldErrors errors)
    {
        _ = kind;
        if (old.DeletionTimestamp is not null)
        {
            var added = metadata.Finalizers.Where(f => !old.Finalizers.Contains(f)).ToList();
            if (added.Count > 0)
                errors.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}");
        }

        ValidateMaps(metadata, errors);
    }

    /// <summary>What is wrong with a name; null when it follows the rule.</summary>
    public static string? NameProblem(string name, NameRule rule) => rule switch
    {
        NameRule.DnsLabel => name.Length > 63 ? "must be no more than 63 characters" : IsLabel(name) ? null : LabelProblem,
        NameRule.Dns1035Label => name.Length > 63 ? "must be no more than 63 characters" : IsLabel(name) && char.IsAsciiLetter(name[0]) ? null : Label1035Problem,
        NameRule.DnsSubdomain => name.Length > 253 ? "must be no more than 253 characters" : name.Split('.').All(IsLabel) ? null : SubdomainProblem,
        _ => name is "." ? "may not be '.'" : name is ".." ? "may not be '..'" : name.Contains('/', StringComparison.Ordinal) ? "may not contain '/'"
            : name.Contains('%', StringComparison.Ordinal) ? "may not contain '%'" : null,
    };

    private static void ValidateMaps(ObjectMeta metadata, FieldErrors errors)
    {
        foreach (var (key, value) in metadata.Labels.AsSpan())
        {
            if (KeyProblem(key) is { } problem)
                errors.Invalid("metadata.labels", key, problem);
            if (value.Length > 63)
                errors.Invalid("metadata.labels", value, "must be no more than 63 bytes");
            else if (value.Length > 0 && !IsQualifiedName(value))
                errors.Invalid("metadata.labels", value, ValueProblem);
        }

        long bytes = 0;
        foreach (var (key, value) in metadata.Annotations.AsSpan())
        {
            if (KeyProblem(key.ToLowerInvariant()) is { } problem)
                errors.Invalid("metadata.annotations", key, problem);
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > AnnotationBytesMax)
            errors.TooLong("metadata.annotations", AnnotationBytesMax);

        var controllers = 0;
        for (var i = 0; i < metadata.OwnerReferences.Count; i++)
        {
            var (owner, path) = (metadata.OwnerReferences[i], $"metadata.ownerReferences[{i}]");
            if (owner.ApiVersion.Length == 0)
                errors.Invalid($"{path}.apiVersion", owner.ApiVersion, "version must not be empty");
            if (owner.Kind.Length == 0)
                errors.Invalid($"{path}.kind", owner.Kind, "must not be empty");
            if (owner.Name.Length == 0)
                errors.Invalid($"{path}.name", owner.Name, "must not be empty");
            if (owner.Uid.Length == 0)
                errors.Invalid($"{path}.uid", owner.Uid, "must not be empty");
            if (owner.Controller == true && ++controllers == 2)
                errors.Invalid("metadata.ownerReferences", metadata.OwnerReferences.Select(o => o.Name).ToApiList(), "Only one reference can have Controller set to true.");
        }

        foreach (var finalizer in metadata.Finalizers)
        {
            if (KeyProblem(finalizer) is { } problem)
                errors.Invalid("metadata.finalizers", finalizer, problem);
            else if (!finalizer.Contains('/', StringComparison.Ordinal) && finalizer is not ("orphan" or "foregroundDeletion" or "kubernetes"))
                errors.Invalid("metadata.finalizers", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }

    /// <summary>What is wrong with a key such as <c>app.example.com/name</c>.</summary>
    private static string? KeyProblem(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        if (slash == 0)
            return "prefix part must be non-empty";
        if (slash > 0 && NameProblem(key[..slash], NameRule.DnsSubdomain) is { } problem)
            return "prefix part " + problem;
        if (name.Contains('/', StringComparison.Ordinal))
            return "a qualified name " + QualifiedProblem["name part ".Length..] + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        if (name.Length == 0)
            return "name part must be non-empty";
        if (name.Length > 63)
            return "name part must be no more than 63 bytes";
        return IsQualifiedName(name) ? null : QualifiedProblem;
    }

    private static bool IsLabel(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsQualifiedName(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
