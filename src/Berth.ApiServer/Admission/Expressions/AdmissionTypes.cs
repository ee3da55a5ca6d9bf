using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.Expressions;

/// <summary>Types of the variables that expressions of admission have.</summary>
internal static class AdmissionTypes
{
    private static readonly CelType s_text = CelType.String;
    private static readonly CelType s_texts = CelType.List(CelType.String);

    public static CelObjectType Request { get; } = Record(
        "kubernetes.AdmissionRequest",
        ("kind", Kind()),
        ("resource", Resource()),
        ("subResource", s_text),
        ("requestKind", Kind()),
        ("requestResource", Resource()),
        ("requestSubResource", s_text),
        ("name", s_text),
        ("namespace", s_text),
        ("operation", s_text),
        ("userInfo", Record("kubernetes.UserInfo", ("username", s_text), ("uid", s_text), ("groups", s_texts), ("extra", CelType.Map(s_text, s_texts)))),
        ("dryRun", CelType.Bool),
        ("options", CelType.Dyn));

    /// <summary>Who owns a namespace and who manages its fields is nothing to decide by.</summary>
    public static CelObjectType Namespace { get; } = Record(
        "kubernetes.Namespace",
        ("metadata", Record(
            "kubernetes.NamespaceMetadata",
            ("name", s_text),
            ("generateName", s_text),
            ("namespace", s_text),
            ("labels", CelType.MapOfStrings),
            ("annotations", CelType.MapOfStrings),
            ("UID", s_text),
            ("creationTimestamp", CelType.Timestamp),
            ("deletionGracePeriodSeconds", CelType.Int),
            ("deletionTimestamp", CelType.Timestamp),
            ("generation", CelType.Int),
            ("resourceVersion", s_text),
            ("finalizers", s_texts))),
        ("spec", Record("kubernetes.NamespaceSpec", ("finalizers", s_texts))),
        ("status", Record(
            "kubernetes.NamespaceStatus",
            ("conditions", CelType.List(Record(
                "kubernetes.NamespaceCondition", ("status", s_text), ("type", s_text), ("lastTransitionTime", CelType.Timestamp), ("message", s_text), ("reason", s_text)))),
            ("phase", s_text))));

    private static RecordType Kind() => Record("kubernetes.GroupVersionKind", ("group", s_text), ("version", s_text), ("kind", s_text));

    private static RecordType Resource() => Record("kubernetes.GroupVersionResource", ("group", s_text), ("version", s_text), ("resource", s_text));

    private static RecordType Record(string name, params (string Name, CelType Type)[] fields) =>
        new(name, fields.ToDictionary(f => f.Name, f => f.Type, StringComparer.Ordinal));
}
