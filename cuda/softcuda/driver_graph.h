// Graphs: nodes of work with dependencies, and their executable form.
#pragma once
#include "softcuda/driver_state.h"

namespace softcuda::driver {

struct Node {
    Graph* graph;
    std::shared_ptr<const Work> work;
    std::vector<Node*> dependencies;
    Node* original;                  // of which this is a clone
    void* parameters = nullptr;      // what cuGraphKernelNodeGetParams hands out a pointer to
};

struct Graph {
    std::vector<std::unique_ptr<Node>> nodes;  // in the order of their making
};

struct GraphExec {
    std::shared_ptr<Context> context;
    std::shared_ptr<const Plan> plan;  // replaced, never changed: queued launches keep the one they were made with
    Dependency lastLaunch{nullptr, 0};
};

Node* addNode(Graph&, std::vector<Node*> dependencies, std::shared_ptr<const Work>);

// Takes the nodes' handles back; the graph is done with.
void dropNodes(Graph&);

// Null when the dependencies form a circle.
std::shared_ptr<const Plan> makePlan(const Graph&);

CUgraphNodeType typeOf(const Work&);

// Checks handles: the graph, and dependencies that are nodes of it.
CUresult findGraph(Lock&, CUgraph, const CUgraphNode* dependencies, size_t count, std::shared_ptr<Graph>* graph, std::vector<Node*>* nodes);
CUresult findNode(Lock&, CUgraphNode, CUgraphNodeType, Node** node);

}  // namespace softcuda::driver
