using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;
using Berth.Resources.Allocation;

namespace Berth.ApiServer.Subresources;

/// <summary>Gives a pod its node: <c>pods/NAME/binding</c>, and the older <c>bindings</c> that name the pod in their metadata.</summary>
public sealed class BindingHandler(ResourceRegistry<Pod> pods) : IApiHandler
{
    public async Task HandleAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, shapes: false);
        var binding = await BodyDecoder.DecodeAsync<Binding>(request).ConfigureAwait(false);
        var name = request.Info.Subresource.Length > 0 ? request.Info.Name : binding.Metadata.Name;
        if (binding.Metadata.Name.Length > 0 && binding.Metadata.Name != name)
            throw ApiStatusException.BadRequest($"name in URL does not match name in Binding object");
        var errors = new FieldErrors();
        if (binding.Target.Kind is not ("" or "Node"))
            errors.NotSupported("target.kind", binding.Target.Kind, "Node", "<empty>");
        var givesBack = binding.Target.Name.Length == 0 && binding.Metadata.Annotations.ContainsKey(AllocationAnnotations.HandedBack);
        if (binding.Target.Name.Length == 0 && !givesBack)
            errors.Required("target.name");
        if (!errors.IsEmpty)
            throw ApiStatusException.Invalid(Binding.Kind, name, errors);

        var change = new ObjectChange<Pod>(pod => ValueTask.FromResult(givesBack ? GivenBack(pod, binding, request.Now) : Bound(pod, binding, request.Now)))
        {
            Subresource = "binding",
            Rules = ChangeRules.Trusted,
            ChecksVersion = binding.Metadata.ResourceVersion.Length > 0,
        };
        await pods.UpdateAsync(new ObjectKey(request.Info.Namespace, name), change, ResourceHandler<Pod>.ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.MessageAsync(request, 201, new Status { StatusValue = "Success", Code = 201 }, format).ConfigureAwait(false);
    }

    /// <summary>Berth's own: a node that cannot place a pod as the scheduler chose gives it back, as long as nothing of it has begun.</summary>
    private static Pod GivenBack(Pod pod, Binding binding, DateTimeOffset now)
    {
        var name = pod.Metadata.Name;
        if (binding.Metadata.Uid.Length > 0 && binding.Metadata.Uid != pod.Metadata.Uid)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"Precondition failed: UID in precondition: {binding.Metadata.Uid}, UID in object meta: {pod.Metadata.Uid}");
        if (pod.Spec.NodeName.Length == 0)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"pod {name} is not assigned to a node");
        if (pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase is not ("" or "Pending") || pod.Status.StartTime is not null)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"pod {name} has begun on node \"{pod.Spec.NodeName}\", and stays there");
        var why = binding.Metadata.Annotations[AllocationAnnotations.HandedBack];
        var waiting = new PodCondition { Type = "PodScheduled", Status = "False", Reason = "HandedBack", Message = why, LastTransitionTime = now, ObservedGeneration = pod.Metadata.Generation };
        return pod with
        {
            Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.Without(AllocationAnnotations.Pod).With(AllocationAnnotations.HandedBack, why) },
            Spec = pod.Spec with { NodeName = "" },
            Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Where(c => c.Type != "PodScheduled"), waiting] },
        };
    }

    private static Pod Bound(Pod pod, Binding binding, DateTimeOffset now)
    {
        var name = pod.Metadata.Name;
        if (binding.Metadata.Uid.Length > 0 && binding.Metadata.Uid != pod.Metadata.Uid)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"Precondition failed: UID in precondition: {binding.Metadata.Uid}, UID in object meta: {pod.Metadata.Uid}");
        if (pod.Metadata.DeletionTimestamp is not null)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"pod {name} is being deleted, cannot be assigned to a host");
        if (pod.Spec.NodeName.Length > 0)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"pod {name} is already assigned to node \"{pod.Spec.NodeName}\"");
        if (!pod.Spec.SchedulingGates.IsEmpty)
            throw ApiStatusException.Conflict(Pod.Kind, name, $"pod {name} has non-empty .spec.schedulingGates");
        var scheduled = new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = now, ObservedGeneration = pod.Metadata.Generation };
        return pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = pod.Metadata.Annotations.With(binding.Metadata.Annotations),
                Labels = pod.Metadata.Labels.With(binding.Metadata.Labels),
                ResourceVersion = binding.Metadata.ResourceVersion.Length > 0 ? binding.Metadata.ResourceVersion : pod.Metadata.ResourceVersion,
            },
            Spec = pod.Spec with { NodeName = binding.Target.Name },
            Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Where(c => c.Type != "PodScheduled"), scheduled] },
        };
    }
}
