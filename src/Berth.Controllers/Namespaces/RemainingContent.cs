using Berth.Api.Schema;

namespace Berth.Controllers.Namespaces;

/// <summary>Objects of one kind that are still in a namespace that is being deleted.</summary>
/// <param name="Finalizers">Those that the objects have, each as often as it occurs.</param>
public sealed record RemainingContent(KindInfo Kind, int Count, IReadOnlyList<string> Finalizers);
