using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of pod templates and of the selectors that belong to them.</summary>
public static class PodTemplateRules
{
    public static void Validate(FieldErrors errors, FieldPath path, PodTemplateSpec template)
    {
        MetadataRules.LabelsAndAnnotations(errors, path, template.Metadata);
        PodRules.Annotations(errors, path["annotations"], template.Metadata.Annotations, template.Spec);
        PodSpecRules.Validate(errors, path["spec"], template.Spec, null);
        if (!template.Spec.EphemeralContainers.IsEmpty)
            errors.Forbidden(path["spec"]["ephemeralContainers"], "ephemeral containers not allowed in pod template");
    }

    /// <summary>The template of a controller that replaces its pods for ever.</summary>
    public static void AlwaysRestarts(FieldErrors errors, FieldPath path, PodTemplateSpec template, string kind)
    {
        if (template.Spec.RestartPolicy != "Always")
            errors.NotSupported(path["spec"]["restartPolicy"], template.Spec.RestartPolicy, "Always");
        if (template.Spec.ActiveDeadlineSeconds is not null)
            errors.Forbidden(path["spec"]["activeDeadlineSeconds"], $"activeDeadlineSeconds in {kind} is not Supported");
    }

    /// <summary>A controller must find the pods that it makes, and only some pods.</summary>
    /// <param name="empty">What is said about a selector that would select everything.</param>
    /// <param name="broken">What is said about a selector that cannot be read, besides what is wrong with its parts; null for nothing.</param>
    public static void Selects(
        FieldErrors errors, FieldPath path, LabelSelector? selector, PodTemplateSpec template, FieldPath templatePath, string empty, string? broken = "invalid label selector")
    {
        SelectorRules.Label(errors, path, selector);
        if (selector is { MatchLabels.IsEmpty: true, MatchExpressions.IsEmpty: true })
        {
            errors.Invalid(path, selector, empty);
            return;
        }

        try
        {
            if (!LabelSelectors.Compile(selector).Matches(template.Metadata.Labels))
                errors.Invalid(templatePath["metadata"]["labels"], template.Metadata.Labels, "`selector` does not match template `labels`");
        }
        catch (FormatException) when (selector is not null)
        {
            if (broken is not null)
                errors.Invalid(path, selector, broken);
        }
    }
}
