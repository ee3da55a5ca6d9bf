using Berth.Api;
using Berth.Api.Autoscaling.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Subresources;

/// <summary>The replica count of a workload, as an autoscaling/v1 Scale.</summary>
/// <param name="read">Wanted replicas, replicas that there are, and the selector of the pods.</param>
/// <param name="write">The workload with another number of wanted replicas.</param>
public sealed class ScaleHandler<T>(
    ResourceRegistry<T> registry, Func<T, (int Wanted, int Current, string Selector)> read, Func<T, int, T> write) : IApiHandler
    where T : class, IApiObject<T>
{
    public async Task HandleAsync(ApiRequest request)
    {
        var key = ResourceHandler<T>.KeyOf(request, registry.Kind);
        var format = ResponseFormat.For(request.Http.Request);
        if (request.Info.Verb == "get")
        {
            var found = await registry.FindAsync(key, request.Cancellation).ConfigureAwait(false) ?? throw ApiStatusException.NotFound(registry.Kind, key.Name);
            await ResponseWriter.MessageAsync(request, 200, ScaleOf((T)found.Value), format).ConfigureAwait(false);
            return;
        }

        Func<T, Scale> asked;
        if (request.Info.Verb == "patch")
        {
            var type = BodyDecoder.MediaType(request);
            var body = await RequestBody.ReadAsync(request.Http.Request).ConfigureAwait(false);
            ObjectPatch.Note(request, type, body);
            asked = old => ObjectPatch.Patched(request, ScaleOf(old), type, body);
        }
        else
        {
            var scale = await BodyDecoder.DecodeAsync<Scale>(request).ConfigureAwait(false);
            asked = _ => scale;
        }

        var change = new ObjectChange<T>(old => ValueTask.FromResult(Scaled(old, asked(old))))
        {
            Subresource = "scale",
            ChecksVersion = request.Info.Verb != "patch",
        };
        var result = await registry.UpdateAsync(key, change, ResourceHandler<T>.ContextOf(request)).ConfigureAwait(false);
        await ResponseWriter.MessageAsync(request, 200, ScaleOf((T)result.Object.Value), format).ConfigureAwait(false);
    }

    private T Scaled(T old, Scale scale)
    {
        if (scale.Spec.Replicas < 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.replicas", scale.Spec.Replicas, "must be greater than or equal to 0");
            throw ApiStatusException.Invalid(Scale.Kind, scale.Metadata.Name, errors);
        }

        // The client insists on a version, or on the very object, through the Scale's own metadata.
        return write(old, scale.Spec.Replicas).WithMetadata(old.Metadata with
        {
            Name = scale.Metadata.Name,
            Uid = scale.Metadata.Uid,
            ResourceVersion = scale.Metadata.ResourceVersion,
        });
    }

    private Scale ScaleOf(T value)
    {
        var (wanted, current, selector) = read(value);
        return new Scale
        {
            Metadata = new ObjectMeta
            {
                Name = value.Metadata.Name,
                Namespace = value.Metadata.Namespace,
                Uid = value.Metadata.Uid,
                ResourceVersion = value.Metadata.ResourceVersion,
                CreationTimestamp = value.Metadata.CreationTimestamp,
            },
            Spec = new ScaleSpec { Replicas = wanted },
            Status = new ScaleStatus { Replicas = current, Selector = selector },
        };
    }
}
