using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class NamespaceStrategy : SpecAndStatusStrategy<Namespace>
{
    /// <summary>Keeps a namespace until its content is gone.</summary>
    public const string Finalizer = "kubernetes";

    public const string NameLabel = "kubernetes.io/metadata.name";

    public override NameRule NameRule => NameRule.DnsLabel;

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Namespace, string>> SelectableFields { get; } = new Dictionary<string, Func<Namespace, string>>
    {
        ["status.phase"] = n => n.Status.Phase,
    };

    public override Namespace Default(Namespace value)
    {
        if (value.Metadata.Name.Length > 0 && value.Metadata.Labels.GetOr(NameLabel) != value.Metadata.Name)
            value = value with { Metadata = value.Metadata with { Labels = value.Metadata.Labels.With(NameLabel, value.Metadata.Name) } };
        return value.Status.Phase.Length > 0 ? value : value with { Status = value.Status with { Phase = "Active" } };
    }

    public override Namespace PrepareForCreate(Namespace value) => value with
    {
        Status = NamespaceStatus.Empty with { Phase = "Active" },
        Spec = value.Spec.Finalizers.Contains(Finalizer) ? value.Spec : value.Spec with { Finalizers = value.Spec.Finalizers.Add(Finalizer) },
    };

    /// <summary>Finalizers go through the <c>finalize</c> subresource alone.</summary>
    public override Namespace PrepareForUpdate(Namespace value, Namespace old) =>
        value with { Spec = value.Spec with { Finalizers = old.Spec.Finalizers }, Status = old.Status };

    public override void Validate(Namespace value, FieldErrors errors)
    {
        foreach (var finalizer in value.Spec.Finalizers)
            FinalizerName(errors, FieldPath.Spec["finalizers"], finalizer);
    }

    public override void ValidateStatusUpdate(Namespace value, Namespace old, FieldErrors errors)
    {
        if (value.Metadata.DeletionTimestamp is null && value.Status.Phase != "Active")
            errors.Invalid("status.Phase", value.Status.Phase, "may only be 'Active' if `deletionTimestamp` is empty");
        else if (value.Metadata.DeletionTimestamp is not null && value.Status.Phase != "Terminating")
            errors.Invalid("status.Phase", value.Status.Phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }

    private static void FinalizerName(FieldErrors errors, FieldPath path, string finalizer)
    {
        errors.Invalid(path, finalizer, NameSyntax.QualifiedName(finalizer));
        if (!finalizer.Contains('/', StringComparison.Ordinal) && finalizer is not (Finalizer or "orphan" or "foregroundDeletion"))
            errors.Invalid((string)path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }

    protected override Namespace WithoutStatus(Namespace value) => value with { Status = NamespaceStatus.Empty };

    protected override Namespace WithStatusOf(Namespace value, Namespace other) => value with { Status = other.Status };

    protected override Namespace WithSpecOf(Namespace value, Namespace other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Namespace value, Namespace other) => value.Spec == other.Spec;
}
