using Berth.Node.Cri.V1;

namespace Berth.Node.Cri;

/// <summary>Images of a container runtime (CRI v1). Every call throws <see cref="GrpcException"/> when the runtime refuses or cannot be reached.</summary>
public interface IImageService
{
    Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter = null, CancellationToken cancellation = default);

    /// <summary>The image, or null where the runtime has none of that name.</summary>
    Task<Image?> ImageStatusAsync(string image, CancellationToken cancellation = default);

    /// <summary>Pulls and returns the reference to start containers from. No deadline of ours: a pull takes what it takes; cancel it from outside.</summary>
    Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth = null, CancellationToken cancellation = default);

    /// <summary>Removes the image and all its names. Absence is no error.</summary>
    Task RemoveImageAsync(string image, CancellationToken cancellation = default);

    Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation = default);
}
