using System.Collections.Frozen;

namespace Berth.ApiServer.OpenApi;

/// <summary>Words for what all objects share.</summary>
internal sealed class MetadataDescriptions : IOpenApiDescriptions
{
    private const string Prefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private static readonly FrozenDictionary<(string Type, string Field), string> s_texts = new Dictionary<(string, string), string>
    {
        [("ObjectMeta", "")] = "What every stored object has: its name, its labels and what the server keeps about it.",
        [("ObjectMeta", "annotations")] = "Annotations hold text that tools keep with the object; nobody selects by it.",
        [("ObjectMeta", "creationTimestamp")] = "CreationTimestamp is a timestamp that the server sets when it makes the object.",
        [("ObjectMeta", "deletionGracePeriodSeconds")] = "Seconds that the object has, once deleted, to end in good order. Read only.",
        [("ObjectMeta", "deletionTimestamp")] = "DeletionTimestamp is the time at which the object is to be gone; set by the server when somebody deletes it.",
        [("ObjectMeta", "finalizers")] = "The object stays until this list is empty; who put an entry here takes it away when its work is done.",
        [("ObjectMeta", "generateName")] = "A prefix to which the server adds a random ending when no name is given.",
        [("ObjectMeta", "generation")] = "A number that grows with each change of what is wanted of the object. Read only.",
        [("ObjectMeta", "labels")] = "Names and values by which objects are selected.",
        [("ObjectMeta", "managedFields")] = "Who set which fields; kept by the server.",
        [("ObjectMeta", "name")] = "Name of the object, unique in its namespace; it cannot change.",
        [("ObjectMeta", "namespace")] = "Namespace in which the object is; empty for those that belong to the whole cluster.",
        [("ObjectMeta", "ownerReferences")] = "The objects that this one belongs to; when all of them are gone, it goes too.",
        [("ObjectMeta", "resourceVersion")] = "Stands for the object's content at one moment; compare it for equality alone.",
        [("ObjectMeta", "selfLink")] = "No longer set.",
        [("ObjectMeta", "uid")] = "Tells the object apart from all others of all times. Read only.",
        [("OwnerReference", "")] = "An object that another one belongs to.",
        [("ListMeta", "")] = "What lists have instead of metadata of objects.",
    }.ToFrozenDictionary();

    public string? Find(string type, string? field) =>
        type.StartsWith(Prefix, StringComparison.Ordinal) ? s_texts.GetValueOrDefault((type[Prefix.Length..], field ?? "")) : null;
}
